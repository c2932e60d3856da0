import { validate as isUuid } from 'uuid';
import { isStorableText } from '../storable-text.js';

/** What a column that a list is ordered by holds; a number is a whole one. */
export type ColumnKind = 'uuid' | 'string' | 'number';

/** The values of the columns that a list is ordered by, of one row. */
export type Position = readonly (string | number)[];

/**
 * A position as one text that a host can keep, or put into a link.
 *
 * @param order name of the order that the position belongs to
 * @internal
 */
export function toCursor(order: string, position: Position): string {
  return Buffer.from(JSON.stringify([order, ...position]), 'utf8').toString('base64url');
}

/**
 * The position that {@link toCursor} made a text of.
 *
 * @param order name of the order that is asked for
 * @param kinds what the columns of the order hold
 * @throws {RangeError} for a text that is no cursor, or the cursor of another order
 * @internal
 */
export function fromCursor(order: string, kinds: readonly ColumnKind[], cursor: string): Position {
  const [name, ...position] = parsed(cursor);
  const fits =
    name === order &&
    position.length === kinds.length &&
    position.every((value, index) => isOfKind(value, kinds[index]));
  if (fits) return position as Position;
  throw new RangeError(
    'Expected after to be the `next` of a previous page of the same list with the same filter.',
  );
}

/** A value of another kind would be an error of the database, which compares it with the column. */
function isOfKind(value: unknown, kind: ColumnKind | undefined): boolean {
  switch (kind) {
    case 'uuid':
      return isUuid(value);
    case 'string':
      return typeof value === 'string' && isStorableText(value);
    case 'number':
      return Number.isSafeInteger(value);
    case undefined:
      return false;
  }
}

function parsed(cursor: unknown): unknown[] {
  if (typeof cursor !== 'string') return [];
  try {
    const content: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(content) ? content : [];
  } catch {
    return [];
  }
}
