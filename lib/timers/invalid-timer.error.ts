import { kindOfValue } from '../errors/kind-of-value.js';
import { WebhookError } from '../errors/webhook.error.js';

/**
 * A timer that could never run as it was asked for. Nothing is stored or cancelled then.
 *
 * @publicApi
 */
export class InvalidTimerError extends WebhookError {
  /**
   * @param field what is wrong, such as `payload.at[0]`
   * @param expected what it has to be
   * @param given its value; the message tells only its kind
   * @param cure what to do instead
   */
  constructor(
    readonly field: string,
    expected: string,
    given: unknown,
    cure?: string,
  ) {
    const problem = `Expected \`${field}\` of the timer to be ${expected}, got ${kindOfValue(given)}.`;
    super('INVALID_TIMER', cure === undefined ? problem : `${problem} ${cure}`);
  }
}
