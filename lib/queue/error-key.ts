import { createHash } from 'node:crypto';
import { describeError } from '../errors/describe-error.js';

/** What differs between two errors of the same cause, each with what takes its place. */
const VARIABLE_PARTS: readonly (readonly [RegExp, string])[] = [
  // Not an apostrophe within a word.
  [/(?<![\w])'[^']*'(?!\w)|"[^"]*"|`[^`]*`|«[^»]*»|“[^”]*”/g, '*'],
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s?#]*)[?#]\S*/gi, '$1'],
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '*'],
  // Ids: words of letters and digits, and long ones of hexadecimal digits alone.
  [/\b0x[0-9a-f]+\b|\b(?=[a-z_]*\d)\w{6,}\b|\b[0-9a-f]{12,}\b/gi, '*'],
  [/\p{Nd}+/gu, '*'],
  // Times, addresses, decimals and lists of numbers.
  [/[+-]?\*(?:[-.,:/\s]{0,2}\*)*/g, '*'],
];

/**
 * A key that is the same for failures with the same cause: of the same handler, with the same class of error,
 * and a message that differs only in numbers, ids, quoted parts, or the queries of its URLs.
 *
 * @param name of the handler, rule or channel
 * @param error what was thrown, or the verdict
 * @param message in one line, as it is stored
 * @returns 64 hexadecimal digits
 * @internal
 */
export function errorKey(name: string, error: unknown, message = describeError(error)): string {
  const cause = VARIABLE_PARTS.reduce(
    (text, [part, placeholder]) => text.replace(part, placeholder),
    message,
  );
  return createHash('sha256')
    .update(JSON.stringify([name, classOf(error), cause]))
    .digest('hex');
}

/** Reading it may throw: it is whatever somebody threw, proxies included. */
function classOf(error: unknown): string {
  try {
    const { constructor } = Object(error) as { readonly constructor?: unknown };
    return typeof constructor === 'function' ? constructor.name : '';
  } catch {
    return '';
  }
}
