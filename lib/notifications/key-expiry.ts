import { toMilliseconds } from '../clock/duration.js';
import { InvalidNotificationError } from './invalid-notification.error.js';

/** The last instant of `Date`. */
const LAST_INSTANT = 8.64e15;

/** What `keepKeyFor` must be, for messages. */
export const KEEPING_TIME =
  "a whole number of milliseconds, 1 or more, a text such as '90d' or '1h30m', or Infinity";

/**
 * How long to keep a key, in milliseconds.
 *
 * @param given a `Duration` of 1 ms or more, `Infinity`, or anything else
 * @returns `undefined` for anything else
 * @internal
 */
export function keepingMs(given: unknown): number | undefined {
  if (given === Infinity) return Infinity;
  // Half a millisecond is more likely a mistake in a calculation than meant.
  if (typeof given === 'number' && !Number.isInteger(given)) return undefined;
  const ms = toMilliseconds(given);
  return ms !== undefined && ms >= 1 ? ms : undefined;
}

/**
 * When the promise of a key ends.
 *
 * @param now in milliseconds since the epoch
 * @param keepFor for how long to keep it: a `Duration`, or `Infinity` for ever
 * @returns `null` for a promise that never ends
 * @throws {InvalidNotificationError} for any other time
 * @internal
 */
export function keyExpiry(now: number, keepFor: unknown): number | null {
  const keepMs = keepingMs(keepFor);
  if (keepMs === undefined) {
    throw new InvalidNotificationError('keepKeyFor', KEEPING_TIME, keepFor);
  }
  const expiresAt = now + keepMs;
  return expiresAt > LAST_INSTANT ? null : expiresAt;
}
