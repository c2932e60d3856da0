import { WebhookError } from '../errors/webhook.error.js';

/**
 * The database has not answered in time. The statement may have taken effect, or not: the library tries again
 * only where that is safe.
 *
 * @publicApi
 */
export class DatabaseTimeoutError extends WebhookError {
  constructor(
    message: string,
    /** The time limit, in milliseconds. */
    readonly limitMs: number,
  ) {
    super('DATABASE_TIMEOUT', message);
  }

  /** A statement took too long. */
  static ofStatement(limitMs: number): DatabaseTimeoutError {
    return new DatabaseTimeoutError(
      `The database has not answered a statement within ${limitMs} ms; its connection was ended.`,
      limitMs,
    );
  }

  /** No connection was available. */
  static ofConnection(limitMs: number): DatabaseTimeoutError {
    return new DatabaseTimeoutError(
      `No connection to the database was free within ${limitMs} ms: the server does not answer, or ` +
        'the application uses all connections of the pool.',
      limitMs,
    );
  }
}
