import { types } from 'node:util';

/**
 * Whether a thrown value is an error, also one of another realm: of Node.js seen from a test runner's sandbox, or
 * of better-sqlite3, whose class is that of the sandbox which loaded the driver first and is no native error.
 *
 * @throws whatever a getter or a proxy of the value throws
 * @internal
 */
export function isError(value: unknown): value is Error {
  if (value instanceof Error || types.isNativeError(value)) return true;
  if (typeof value !== 'object' || value === null) return false;
  const { message, stack } = value as { readonly message?: unknown; readonly stack?: unknown };
  return typeof message === 'string' && typeof stack === 'string';
}
