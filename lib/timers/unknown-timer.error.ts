import { WebhookError } from '../errors/webhook.error.js';

/**
 * A timer names a method that neither this application nor any other process has.
 *
 * @publicApi
 */
export class UnknownTimerError extends WebhookError {
  constructor(
    /** The name that no `@OnTimer` method has. */
    readonly timer: string,
    /** The names that this application has. */
    readonly known: readonly string[],
  ) {
    super(
      'UNKNOWN_TIMER',
      `No process has announced a method with @OnTimer('${timer}'); this one has: ${known.join(', ')}. ` +
        'Correct the name, or start a process that has the method first.',
    );
  }
}
