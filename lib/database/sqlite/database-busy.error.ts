import { WebhookError } from '../../errors/webhook.error.js';

/**
 * A transaction of the host kept SQLite's one connection for too long.
 *
 * @publicApi
 */
export class DatabaseBusyError extends WebhookError {
  constructor(
    /** How long the library waited, in milliseconds. */
    readonly waitedMs: number,
  ) {
    super(
      'DATABASE_BUSY',
      `A transaction of the application has been open on SQLite for more than ${waitedMs} ms. ` +
        'Keep transactions short, and pass their EntityManager to the calls inside of them.',
    );
  }
}
