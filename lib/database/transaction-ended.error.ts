import { WebhookError } from '../errors/webhook.error.js';

/**
 * Something was to be written through a transaction that is over: the attempt ran into its time-out, lost
 * its lease, failed or was interrupted by a stop, and nothing of it may be committed any more; or it
 * succeeded, and had not awaited all that it began.
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
