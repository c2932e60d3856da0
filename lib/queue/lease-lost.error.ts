import { WebhookError } from '../errors/webhook.error.js';

/**
 * Another process took the job over while its transaction ran; the transaction is rolled back.
 *
 * @publicApi
 */
export class LeaseLostError extends WebhookError {
  constructor(
    /** Id of the job, for `QueueService.get()`. */
    readonly jobId: string,
  ) {
    super('LEASE_LOST', `The lease of job ${jobId} ran out and another process took it over.`);
  }
}
