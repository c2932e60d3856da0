import { WebhookError } from '../errors/webhook.error.js';

/**
 * A statement came after the end of its transaction. Either the attempt timed out, lost its lease, failed or
 * was interrupted by a stop: nothing of it may commit any more. Or the attempt succeeded without awaiting
 * everything that it began.
 *
 * @publicApi
 */
export class TransactionEndedError extends WebhookError {
  constructor() {
    super(
      'TRANSACTION_ENDED',
      'The transaction of this handler or rule is over, and nothing more can be written in it. ' +
        'Await everything that a handler begins, and stop when its `signal` is aborted.',
    );
  }
}
