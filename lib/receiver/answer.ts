import { STATUS_CODES, validateHeaderValue } from 'node:http';
import type { HandshakeAnswer } from '../signatures/signature-scheme.js';

/** What is sent back, whatever framework sends it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** One line of JSON; or what a sender wants back. */
  readonly body: string | Buffer;
}

/** @internal */
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
 * An answer of a scheme's own, to a handshake above all. What it sends back may be a stranger's text: no
 * browser is to take it for anything but text, unless the scheme says what it is.
 *
 * @throws {Error} for what no answer can be, such as a header with a line break
 * @internal
 */
export function schemeAnswer(
  { status, headers, body }: HandshakeAnswer,
  further: Readonly<Record<string, string>> = {},
): Answer {
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new Error('the status of an answer of the scheme is none');
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
