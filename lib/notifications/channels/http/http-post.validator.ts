import { InvalidNotificationError } from '../../invalid-notification.error.js';
import { assertHeaders } from '../header-fields.js';
import type { HttpPostMessage } from './http-post.notification.js';

const KEYS: readonly string[] = ['url', 'json', 'headers'] satisfies (keyof HttpPostMessage)[];

/** They say where the post goes, how long it is, and which attempt of what it is. */
const RESERVED_HEADER =
  /^(?:host|content-.*|transfer-encoding|connection|keep-alive|expect|te|trailer|upgrade|proxy-.*|idempotency-key)$/;

/**
 * Refuses a post that could not be sent.
 *
 * @throws {InvalidNotificationError} that names the field, never its value
 * @internal
 */
export function assertHttpPost(given: unknown): asserts given is HttpPostMessage {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new InvalidNotificationError('payload', 'an object', given);
  }
  const message: { readonly url?: unknown; readonly json?: unknown; readonly headers?: unknown } =
    given;
  const unknown = Object.keys(given).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    throw new InvalidNotificationError(
      `payload.${unknown}`,
      'left out',
      '',
      `There are: ${KEYS.join(', ')}.`,
    );
  }
  assertUrl(message.url);
  if (message.json === undefined) {
    throw new InvalidNotificationError('payload.json', 'a value that JSON can hold', undefined);
  }
  if (message.headers !== undefined) {
    assertHeaders(message.headers, (name) => RESERVED_HEADER.test(name));
  }
}

function assertUrl(given: unknown): void {
  const refuse = (expected: string, cure?: string): never => {
    throw new InvalidNotificationError('payload.url', expected, given, cure);
  };
  if (typeof given !== 'string' || !URL.canParse(given)) return refuse('an absolute URL');
  const { protocol, username, password } = new URL(given);
  if (protocol !== 'http:' && protocol !== 'https:') return refuse('an http: or https: URL');
  if (username !== '' || password !== '') {
    return refuse('without user and password', 'Give them in a header `authorization`.');
  }
}
