import { kindOfValue } from '../../errors/kind-of-value.js';
import { WebhookError } from '../../errors/webhook.error.js';

/**
 * A pause that cannot be: it names nothing that can be paused, or says not who and why. Nothing is changed then.
 *
 * @publicApi
 */
export class InvalidPauseError extends WebhookError {
  /**
   * @param field what is wrong, such as `by`
   * @param expected what it has to be
   * @param given its value; the message tells only its kind
   */
  constructor(
    readonly field: string,
    expected: string,
    given: unknown,
  ) {
    super(
      'INVALID_PAUSE',
      `Expected \`${field}\` of the pause to be ${expected}, got ${kindOfValue(given)}.`,
    );
  }
}
