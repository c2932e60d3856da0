import { WebhookError } from '../errors/webhook.error.js';

/**
 * The job was taken over while its transaction ran; what the transaction did is rolled back.
 *
 * @publicApi
 */
export class LeaseLostError extends WebhookError {
  constructor(readonly jobId: string) {
    super('LEASE_LOST', `The lease of job ${jobId} ran out and another process took it over.`);
  }
}
