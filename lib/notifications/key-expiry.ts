import { InvalidNotificationError } from './invalid-notification.error.js';

/** The last instant of `Date`. */
const LAST_INSTANT = 8.64e15;

/** What `keepKeyFor` must be, for messages. */
export const KEEPING_TIME = 'a whole number of milliseconds, 1 or more, or Infinity';

/** Whether a value says how long to keep a key. */
export function isKeepingTime(value: unknown): value is number {
  return value === Infinity || (Number.isSafeInteger(value) && Number(value) >= 1);
}

/**
 * When the promise of a key ends.
 *
 * @param now in milliseconds since the epoch
 * @param keepFor for how long to keep it, in milliseconds; `Infinity` for ever
 * @returns `null` for a promise that never ends
 * @throws {InvalidNotificationError} for any other time
 * @internal
 */
export function keyExpiry(now: number, keepFor: unknown): number | null {
  if (!isKeepingTime(keepFor)) {
    throw new InvalidNotificationError('keepKeyFor', KEEPING_TIME, keepFor);
  }
  const expiresAt = now + keepFor;
  return expiresAt > LAST_INSTANT ? null : expiresAt;
}
