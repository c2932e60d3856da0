import { isError } from './is-error.js';

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
    if (isError(error)) return `${error.name}: ${messageOf(error)}`;
  } catch {
    return 'a thrown error that cannot be read';
  }
  return `a thrown ${error === null ? 'null' : typeof error}`;
}

/** The message of a pipe's exception only names its class; its response says which fields are wrong. */
function messageOf(error: Error): string {
  const response: unknown =
    'getResponse' in error && typeof error.getResponse === 'function' ? error.getResponse() : {};
  if (typeof response !== 'object' || response === null) return error.message;
  const { message, errors } = response as { readonly message?: unknown; readonly errors?: unknown };
  const said = Array.isArray(message) ? textsOf(message) : [error.message];
  return [...said, ...(Array.isArray(errors) ? textsOf(errors) : [])].join('; ');
}

/** Texts, and the issues that libraries have instead of them. */
function textsOf(issues: readonly unknown[]): string[] {
  return issues.flatMap((issue) => {
    if (typeof issue === 'string') return [issue];
    if (typeof issue !== 'object' || issue === null || !('message' in issue)) return [];
    const path = 'path' in issue ? [issue.path].flat().map(String).join('.') : '';
    return [path === '' ? String(issue.message) : `${path}: ${String(issue.message)}`];
  });
}

/** PostgreSQL refuses NUL and lone surrogates in text; a log line must stay one line. */
function toStorableText(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.toWellFormed().replace(/[\u0000-\u001f\u007f]+/g, ' ');
}
