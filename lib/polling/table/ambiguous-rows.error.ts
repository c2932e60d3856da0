import { WebhookError } from '../../errors/webhook.error.js';

/**
 * Two rows of a polled table or view cannot be told apart, so one of them would be passed over. The run
 * fails, and the poller stays where it was.
 *
 * @publicApi
 */
export class AmbiguousRowsError extends WebhookError {
  constructor(
    /** The table and its columns, such as `order_view(updated_at, id)`. */
    readonly reads: string,
    shared: string,
  ) {
    super(
      'AMBIGUOUS_ROWS',
      `Two rows of ${reads} share the ${shared}, so that one of them would be missed. ` +
        'Name as `key` all the columns that tell rows apart, and mark them with @PrimaryColumn.',
    );
  }
}
