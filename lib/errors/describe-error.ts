import { types } from 'node:util';

const MAX_LENGTH = 2_000;

/**
 * One line of text for a thrown value of any type, safe to log and to store in any database:
 * no stack, no control characters, no lone surrogates, at most 2,000 characters.
 *
 * @internal
 */
export function describeError(error: unknown): string {
  const text = isError(error)
    ? `${error.name}: ${error.message}`
    : typeof error === 'string'
      ? error
      : `a thrown ${error === null ? 'null' : typeof error}`;
  return toStorableText(text).slice(0, MAX_LENGTH);
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
