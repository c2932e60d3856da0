import { WebhookError } from '../errors/webhook.error.js';

/**
 * The database has not answered in time. Nothing may have been changed, or all of it: the library does
 * what it did again where that is safe.
 *
 * @publicApi
 */
export class DatabaseTimeoutError extends WebhookError {
  constructor(
    message: string,
    /** How long it might take, in milliseconds. */
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

  /** There was no connection. */
  static ofConnection(limitMs: number): DatabaseTimeoutError {
    return new DatabaseTimeoutError(
      `There was no connection to the database within ${limitMs} ms: the server does not answer, or ` +
        'the application uses all connections of the pool.',
      limitMs,
    );
  }
}
