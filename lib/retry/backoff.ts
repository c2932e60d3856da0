import type { ResolvedBackoffOptions } from './backoff.options.js';

/**
 * The delay after a failed attempt: exponential, capped, and spread evenly around its value.
 *
 * @param attempt the attempt that failed, counted from 1
 * @param random a number from 0 (inclusive) to 1 (exclusive)
 * @returns milliseconds, never more than the cap
 * @internal
 */
export function backoffDelayMs(
  attempt: number,
  { baseMs, factor, capMs, jitter }: ResolvedBackoffOptions,
  random: number,
): number {
  // A job that is postponed often has many attempts: the power becomes Infinity, and 0 times that no number.
  const delay = baseMs === 0 ? 0 : Math.min(capMs, baseMs * factor ** (attempt - 1));
  return Math.round(Math.min(capMs, delay * (1 + jitter * (2 * random - 1))));
}
