import { STATUS_CODES, validateHeaderValue } from 'node:http';
import type { HandshakeAnswer } from '../signatures/signature-scheme.js';

/** What the receiver sends back, by whichever framework. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** One line of JSON, or what the scheme gave. */
  readonly body: string | Buffer;
}

/**
 * Makes an answer of JSON, which no cache may keep.
 *
 * @internal
 */
export function answer(
  status: number,
  content: object,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const body = JSON.stringify(content);
  return {
    status,
    headers: {
      ...headers,
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(body)),
      'cache-control': 'no-store',
    },
    body,
  };
}

/**
 * A refusal that says no more than its status: the sender of a forged request learns nothing from it.
 *
 * @internal
 */
export function errorAnswer(status: number, headers?: Readonly<Record<string, string>>): Answer {
  return answer(status, { statusCode: status, error: STATUS_CODES[status] }, headers);
}

/**
 * Makes an answer of what a scheme gives, mostly to a handshake. Its body may echo a stranger's text: a browser
 * must take it for plain text, unless the scheme gives a content type.
 *
 * @param further headers that are sent unless the scheme gives them too
 * @throws {Error} for a status that is no whole number from 200 to 599, or a header that HTTP does not allow
 * @internal
 */
export function schemeAnswer(
  { status, headers, body }: HandshakeAnswer,
  further: Readonly<Record<string, string>> = {},
): Answer {
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new Error('the status of the answer of the scheme is not a whole number from 200 to 599');
  }
  for (const [name, value] of Object.entries(headers)) validateHeaderValue(name, value);
  const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : Buffer.from(body);
  return {
    status,
    headers: {
      ...(bytes.length === 0 ? {} : { 'content-type': 'text/plain; charset=utf-8' }),
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      ...further,
      ...headers,
      ...(status === 204 ? {} : { 'content-length': String(bytes.length) }),
    },
    body: bytes,
  };
}
