import { isStorableText } from '../../database/storable-text.js';
import { isRecord } from '../../options/is-record.js';
import { InvalidPauseError } from './invalid-pause.error.js';
import { PAUSE_KINDS, type PauseKind } from './pause.js';

/** Most characters of a name, and of who pauses. */
const MAX_NAME_LENGTH = 255;

/** Most characters of a reason. */
const MAX_REASON_LENGTH = 1_000;

/**
 * Who pauses, and why.
 *
 * @publicApi
 */
export interface PauseNote {
  /** Who pauses it, such as a user's name: 1 to 255 characters. */
  readonly by: string;
  /** 1 to 1,000 characters. */
  readonly reason: string;
}

/** What a pause is of, as it is stored. */
export interface PauseName {
  readonly kind: PauseKind;
  readonly name: string;
}

/** @throws {InvalidPauseError} for a target that does not name exactly one thing. @internal */
export function pauseNameOf(target: unknown): PauseName {
  const expected = `an object with the name of exactly one ${PAUSE_KINDS.join(', ')}`;
  if (!isRecord(target)) throw new InvalidPauseError('target', expected, target);
  const given = Object.keys(target).filter((key) => target[key] !== undefined);
  const kind = PAUSE_KINDS.find((one) => one === given[0]);
  if (kind === undefined || given.length > 1) {
    const unknown = given.find((key) => !PAUSE_KINDS.some((one) => one === key));
    throw new InvalidPauseError(unknown ?? 'target', expected, target);
  }
  return { kind, name: textOf(kind, target[kind], MAX_NAME_LENGTH) };
}

/** @throws {InvalidPauseError} for a note that does not say who and why. @internal */
export function pauseNoteOf(note: unknown): PauseNote {
  if (!isRecord(note)) {
    throw new InvalidPauseError('note', 'an object such as { by, reason }', note);
  }
  return {
    by: textOf('by', note['by'], MAX_NAME_LENGTH),
    reason: textOf('reason', note['reason'], MAX_REASON_LENGTH),
  };
}

function textOf(field: string, given: unknown, most: number): string {
  const isFitting = typeof given === 'string' && given.trim() !== '' && given.length <= most;
  if (isFitting && isStorableText(given)) return given;
  const expected = `a text of 1 to ${most} characters, without U+0000 and halves of characters`;
  throw new InvalidPauseError(field, expected, given);
}
