import { WebhookError } from '../errors/webhook.error.js';

/**
 * An event was not committed in the time that its sender can wait. Where its transaction had begun, it may still
 * be committed; when it comes again, it is a duplicate then.
 *
 * @publicApi
 */
export class AcceptTimeoutError extends WebhookError {
  /** @param limitMs how long it may take, in milliseconds */
  constructor(readonly limitMs: number) {
    super(
      'ACCEPT_TIMEOUT',
      `The event was not committed within ${limitMs} ms. Send it again: it is accepted once in any case.`,
    );
  }
}
