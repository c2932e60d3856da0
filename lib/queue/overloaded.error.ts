import { WebhookError } from '../errors/webhook.error.js';

/**
 * More work arrived than can be committed, and waiting room is bounded. It is safe to try again.
 *
 * @publicApi
 */
export class OverloadedError extends WebhookError {
  constructor(readonly waiting: number) {
    super('OVERLOADED', `${waiting} items wait to be committed already. Try again later.`);
  }
}
