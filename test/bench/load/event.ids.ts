import { randomUUID } from 'node:crypto';

/**
 * The form of an id decides where in an index it goes. Most senders' begin with the time (Svix, Stripe,
 * whatever takes UUIDs of version 1 or 7, ULIDs or KSUIDs); some are random from the first character on.
 */
export type IdKind = 'time-ordered' | 'random';

export const ID_KINDS: readonly IdKind[] = ['time-ordered', 'random'];

/** The length of Svix's ids, which are KSUIDs: the first characters tell the second. */
const CHARACTERS = 27;

/** The second of the last id, and how ids begin in it. */
let second = 0;
let start = '';

/** @param atMs when the event happened */
export function eventId(kind: IdKind, atMs: number): string {
  const random = randomUUID().replaceAll('-', '');
  if (kind === 'random') return `msg_${random.slice(0, CHARACTERS)}`;
  const now = Math.floor(atMs / 1_000);
  if (now !== second) {
    second = now;
    start = now.toString(16).padStart(8, '0');
  }
  return `msg_${start}${random.slice(0, CHARACTERS - start.length)}`;
}
