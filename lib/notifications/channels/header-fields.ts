import { InvalidNotificationError } from '../invalid-notification.error.js';

const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/i;
// oxlint-disable-next-line no-control-regex
const HEADER_VALUE = /^[^\u0000-\u0008\u000a-\u001f\u007f]*$/;

/**
 * Makes sure that headers are what they seem: no line break that would start another header or the
 * body, none that the channel sets itself.
 *
 * @param headers `payload.headers` of a notification
 * @param isReserved whether the channel sets the header with this lower-case name
 * @throws {InvalidNotificationError} that names the header, never its value
 * @internal
 */
export function assertHeaders(headers: unknown, isReserved: (name: string) => boolean): void {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) {
    throw new InvalidNotificationError('payload.headers', 'an object of texts by name', headers);
  }
  for (const [name, value] of Object.entries(headers) as [string, unknown][]) {
    if (!HEADER_NAME.test(name)) {
      throw new InvalidNotificationError(
        'payload.headers',
        'free of malformed header names',
        headers,
      );
    }
    if (isReserved(name.toLowerCase())) {
      throw new InvalidNotificationError(
        `payload.headers.${name}`,
        'left out',
        value,
        'The channel sets this header itself.',
      );
    }
    if (typeof value !== 'string' || !HEADER_VALUE.test(value)) {
      throw new InvalidNotificationError(`payload.headers.${name}`, 'text of one line', value);
    }
  }
}
