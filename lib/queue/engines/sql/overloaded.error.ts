import { WebhookError } from '../../../errors/webhook.error.js';

/**
 * More work arrived than can be committed, and waiting room is bounded. It is safe to try again.
 *
 * @publicApi
 */
export class OverloadedError extends WebhookError {
  /** @param waiting how many items wait */
  constructor(readonly waiting: number) {
    super('OVERLOADED', `${waiting} items wait to be committed already. Try again later.`);
  }
}
