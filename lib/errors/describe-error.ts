import { types } from 'node:util';

const MAX_LENGTH = 2_000;

/**
 * One line of text for a thrown value of any type, safe to log and to store in any database:
 * no stack, no control characters, no lone surrogates, at most 2,000 characters.
 *
 * @internal
 */
export function describeError(error: unknown): string {
  return toStorableText(textOf(error).slice(0, MAX_LENGTH));
}

/** Reading it may throw: it is whatever somebody threw, getters and proxies included. */
function textOf(error: unknown): string {
  if (typeof error === 'string') return error;
  try {
    if (isError(error)) return `${error.name}: ${error.message}`;
  } catch {
    return 'a thrown error that cannot be read';
  }
  return `a thrown ${error === null ? 'null' : typeof error}`;
}

/** PostgreSQL refuses NUL and lone surrogates in text; a log line must stay one line. */
function toStorableText(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.toWellFormed().replace(/[\u0000-\u001f\u007f]+/g, ' ');
}

/** Also an error of another realm, such as a test runner's sandbox or a worker's. */
function isError(error: unknown): error is Error {
  return error instanceof Error || types.isNativeError(error);
}
