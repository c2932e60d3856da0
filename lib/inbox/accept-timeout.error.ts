import { WebhookError } from '../errors/webhook.error.js';

/**
 * An event was not committed within `inbox.acceptTimeoutMs`. If its transaction had begun, it may still
 * commit; the event is then a duplicate when the sender repeats it.
 *
 * @publicApi
 */
export class AcceptTimeoutError extends WebhookError {
  /** @param limitMs the time limit, in milliseconds */
  constructor(readonly limitMs: number) {
    super(
      'ACCEPT_TIMEOUT',
      `The event was not committed within ${limitMs} ms. Send it again: it is accepted once in any case.`,
    );
  }
}
