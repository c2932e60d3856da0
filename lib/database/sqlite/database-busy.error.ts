import { WebhookError } from '../../errors/webhook.error.js';

/**
 * A transaction of the host kept SQLite's one connection for too long.
 *
 * @publicApi
 */
export class DatabaseBusyError extends WebhookError {
  constructor(readonly waitedMs: number) {
    super(
      'DATABASE_BUSY',
      `A transaction of the application has been open on SQLite for more than ${waitedMs} ms. ` +
        'Keep transactions short, and hand their EntityManager on to what is called inside of them.',
    );
  }
}
