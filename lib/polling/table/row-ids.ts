import { rowEventId, toldAgainEventId } from '../event-id.js';
import type { ColumnKind } from './column-kind.js';
import type { KeysetRow } from './keyset.row.js';

/**
 * The ids of the events of rows.
 *
 * @internal
 */
export class RowIds {
  /**
   * @param cursor what the cursor holds
   * @param dedupeBy what makes an event a new one
   */
  constructor(
    private readonly cursor: ColumnKind,
    private readonly dedupeBy: 'cursor' | 'content',
  ) {}

  /** @param telling how often the row is reported with this time; `undefined` for the first time */
  of({ position, content }: KeysetRow, telling: number | undefined): string {
    const isByContent = this.dedupeBy === 'content';
    const id = rowEventId(position, this.cursor, isByContent ? content : undefined);
    return telling === undefined ? id : toldAgainEventId(id, telling);
  }
}
