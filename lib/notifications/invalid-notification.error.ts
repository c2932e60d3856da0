import { kindOfValue } from '../errors/kind-of-value.js';
import { WebhookError } from '../errors/webhook.error.js';

/**
 * A notification that its channel could never send. Thrown by `notify`; nothing is stored then.
 *
 * @publicApi
 */
export class InvalidNotificationError extends WebhookError {
  /**
   * @param field what is wrong, such as `payload.to[0]`
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
    const problem = `Expected \`${field}\` of the notification to be ${expected}, got ${kindOfValue(given)}.`;
    super('INVALID_NOTIFICATION', cure === undefined ? problem : `${problem} ${cure}`);
  }
}
