import { createHash } from 'node:crypto';
import type { ColumnKind } from './table/column-kind.js';
import type { PolledEvent } from './polled-event.js';
import type { RowPosition } from './table/row-position.js';

/** Longest id that the inbox takes. */
const MAX_LENGTH = 255;

/** Hexadecimal digits of a digest that only has to tell the contents of one row apart. */
const CONTENT_DIGEST_LENGTH = 16;

/** The columns of a row as the driver gives them. */
export type RowContent = Readonly<Record<string, unknown>>;

/**
 * The id of a row's event: `<key>@<cursor>`, and a digest of the row's content where changes can share
 * a cursor value.
 *
 * @param content the row's columns; `undefined` where each change has a cursor value of its own
 * @internal
 */
export function rowEventId(
  { key, value }: RowPosition,
  kind: ColumnKind,
  content: RowContent | undefined,
): string {
  // A text might hold the marks between the parts; a number or date cannot.
  const cursor = kind === 'text' ? encodeURIComponent(value.toWellFormed()) : value;
  const suffix = content === undefined ? '' : `#${contentDigest(content)}`;
  return storableId(`${key}@${cursor}${suffix}`);
}

/**
 * The id of a row that is told again, after its poller was sent back so that it repeats what it told.
 *
 * @param telling which time it is
 * @internal
 */
export function toldAgainEventId(rowId: string, telling: number): string {
  return storableId(`${rowId}~${telling}`);
}

/**
 * The id of one of a row's events: the row's own for the first, with a number from the second on.
 *
 * @internal
 */
export function nthEventId(rowId: string, index: number): string {
  return index === 0 ? rowId : storableId(`${rowId}:${index + 1}`);
}

/**
 * The id of an event that comes without one.
 *
 * @param json the event's data as JSON
 * @internal
 */
export function contentEventId({ type, occurredAt }: PolledEvent, json: string): string {
  return digest(JSON.stringify([type, occurredAt?.getTime() ?? null, json]));
}

/**
 * The id of a content that was seen before, was away, and has come back: that is another event.
 *
 * @param contentId what {@link contentEventId} gives for it
 * @param since the run in which it has come back
 * @internal
 */
export function returnedEventId(contentId: string, since: number): string {
  return `${contentId}:${since}`;
}

/**
 * The id itself, or a digest of one that is too long or not printable.
 *
 * @internal
 */
export function storableId(id: string): string {
  return id.length <= MAX_LENGTH && !/\p{C}/u.test(id) ? id : digest(id);
}

/** Does not change when the entity is given a further column that is empty, or another order of columns. */
function contentDigest(content: RowContent): string {
  const columns = Object.entries(content)
    .filter(([, value]) => value !== null)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return digest(JSON.stringify(columns, asText)).slice(0, CONTENT_DIGEST_LENGTH);
}

/** A driver may be set up to give 64-bit integers as BigInt; by default it gives them as text. */
function asText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
