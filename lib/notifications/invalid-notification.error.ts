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
    const problem = `Expected \`${field}\` of the notification to be ${expected}, got ${kindOf(given)}.`;
    super('INVALID_NOTIFICATION', cure === undefined ? problem : `${problem} ${cure}`);
  }
}

/** Never the value itself: it may be an address, a secret, or what a player wrote. */
function kindOf(value: unknown): string {
  if (value === '') return 'an empty string';
  if (value === null || value === undefined) return String(value);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return 'bytes';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
