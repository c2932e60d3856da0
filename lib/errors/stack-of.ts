import { isError } from './is-error.js';

/**
 * Where an error was thrown, for a log; nothing of what else hangs on it, such as a query's parameters.
 *
 * @returns `undefined` for what is not an error, and for one that cannot be read
 * @internal
 */
export function stackOf(error: unknown): string | undefined {
  try {
    return isError(error) && typeof error.stack === 'string' ? error.stack : undefined;
  } catch {
    return undefined;
  }
}
