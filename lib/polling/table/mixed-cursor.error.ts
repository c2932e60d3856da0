import { WebhookError } from '../../errors/webhook.error.js';

/**
 * The cursor of a polled table of SQLite holds numbers and texts. SQLite orders all numbers before all texts, so
 * that rows would be missed. The run fails, and the poller stays where it was.
 *
 * @publicApi
 */
export class MixedCursorError extends WebhookError {
  constructor(
    readonly poller: string,
    /** The table and its columns, such as `user(updated_at, id)`. */
    readonly reads: string,
  ) {
    super(
      'MIXED_CURSOR',
      `The poller '${poller}' reads ${reads}, and the first of these columns holds numbers and texts. SQLite ` +
        'orders all numbers before all texts, so that rows would be missed. Change the values with UPDATE so ' +
        'that all are numbers, or all texts; `typeof()` tells them apart.',
    );
  }
}
