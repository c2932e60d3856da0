import { WebhookError } from '../../errors/webhook.error.js';

/**
 * The lease of a poller ran out, and another process has taken it over.
 *
 * @internal
 */
export class PollLeaseLostError extends WebhookError {
  constructor(readonly poller: string) {
    super('POLL_LEASE_LOST', `Another process has taken the poller '${poller}' over.`);
  }
}
