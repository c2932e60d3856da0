import { STATUS_CODES } from 'node:http';

/** What is sent back, whatever framework sends it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** One line of JSON. */
  readonly body: string;
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
