import { WebhookError } from '../../../errors/webhook.error.js';

/**
 * Too many events already wait for their commit (`inbox.maxWaiting`). Nothing was stored; try again later.
 *
 * @publicApi
 */
export class OverloadedError extends WebhookError {
  /** @param waiting how many items wait */
  constructor(readonly waiting: number) {
    super('OVERLOADED', `${waiting} items already wait for their commit. Try again later.`);
  }
}
