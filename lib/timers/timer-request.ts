import { DURATION_FORM, toMilliseconds } from '../clock/duration.js';
import { isStorableText } from '../database/storable-text.js';
import { storableJson } from '../database/storable-json.js';
import { storedKey } from '../database/stored-key.js';
import { InvalidTimerError } from './invalid-timer.error.js';
import type { NewTimer } from './timer.js';

/** Most characters of a name. */
export const MAX_NAME_LENGTH = 200;

const LONGEST_MS = 36_525 * 86_400_000;

/** Whether a timer can have the name. */
export function isTimerName(name: unknown): name is string {
  return (
    typeof name === 'string' &&
    name.trim() !== '' &&
    name.length <= MAX_NAME_LENGTH &&
    isStorableText(name)
  );
}

/**
 * @throws {InvalidTimerError} for a name that no timer can have
 * @internal
 */
export function assertTimerName(name: unknown): asserts name is string {
  if (isTimerName(name)) return;
  const expected = `a text of 1 to ${MAX_NAME_LENGTH} characters without U+0000`;
  throw new InvalidTimerError('name', expected, name, 'Give the name of an @OnTimer method.');
}

/**
 * The key of a timer as it is stored.
 *
 * @throws {InvalidTimerError} for a key that is neither text nor number, or is empty
 * @internal
 */
export function timerKey(key: unknown): string {
  if (typeof key === 'string' && key !== '') return storedKey(key);
  if (Number.isFinite(key)) return String(key);
  const cure =
    'The timer is replaced and cancelled by its key: give what it is about, such as an id.';
  throw new InvalidTimerError('key', 'a text or a number', key, cure);
}

/**
 * The text that a timer's payload is stored as.
 *
 * @throws {InvalidTimerError} that names the place of a value that JSON cannot hold
 * @internal
 */
export function timerPayload(payload: unknown): string | null {
  if (payload === undefined) return null;
  const cure = 'It is stored as JSON until the timer runs: give an id, and load the rest then.';
  return storableJson(
    payload,
    'payload',
    (place, expected, given) => new InvalidTimerError(place, expected, given, cure),
  );
}

/**
 * When a timer runs, in milliseconds since the epoch: never before now.
 *
 * @throws {InvalidTimerError} without a time, with two, and for one that is more than 100 years away
 * @internal
 */
export function timerInstant(timer: Pick<NewTimer, 'in' | 'at'>, now: number): number {
  if ((timer.in === undefined) === (timer.at === undefined)) {
    const expected = "either `in`, such as '3d', or `at`, a date";
    throw new InvalidTimerError('time', expected, timer.in);
  }
  const [field, instant] =
    timer.at === undefined ? ['in', now + delayOf(timer.in)] : ['at', instantOf(timer.at)];
  if (instant - now > LONGEST_MS) {
    throw new InvalidTimerError(field, 'at most 100 years from now', timer.in ?? timer.at);
  }
  return Math.max(instant, now);
}

function delayOf(given: unknown): number {
  const delayMs = toMilliseconds(given);
  if (delayMs !== undefined) return delayMs;
  const cure = 'For an instant, which may have passed, give `at`.';
  throw new InvalidTimerError('in', `0 or more ${DURATION_FORM}`, given, cure);
}

function instantOf(given: unknown): number {
  const instant = given instanceof Date ? given.getTime() : given;
  if (typeof instant === 'number' && Number.isFinite(instant)) return Math.round(instant);
  const expected = 'a valid date, or milliseconds since the epoch';
  throw new InvalidTimerError('at', expected, given, 'For a span of time, give `in`.');
}
