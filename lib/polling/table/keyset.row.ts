import type { ObjectLiteral } from 'typeorm';
import type { RowContent } from '../event-id.js';
import type { RowPosition } from './row-position.js';

/** A row of the polled table. */
export interface KeysetRow {
  readonly row: ObjectLiteral;
  readonly position: RowPosition;
  /** The instant that its cursor means, where that is known. */
  readonly occurredAt: Date | undefined;
  /** All columns but the cursor, as every process reads them, whatever zone it is in. */
  readonly content: RowContent;
  /** Whether it lies beyond the furthest row read so far. */
  readonly isNew: boolean;
  /** Whether it lies before the mark, or is the mark itself. */
  readonly isUpToMark: boolean;
  /** Whether its cursor is a date in the future. */
  readonly isFuture: boolean;
}
