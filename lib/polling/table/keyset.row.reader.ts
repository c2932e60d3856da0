import type { ObjectLiteral } from 'typeorm';
import { AmbiguousRowsError } from './ambiguous-rows.error.js';
import type { CursorInstant } from './cursor.instant.js';
import type { KeysetRow } from './keyset.row.js';
import { IS_FUTURE, IS_NEW, IS_UP_TO_MARK, VALUE } from './keyset.select.js';
import { keyText, type RowPosition } from './row-position.js';
import type { ZoneLessDates } from './zone-less.dates.js';

/** A row as the database gave it. */
export type RawRow = Record<string, unknown> & {
  readonly [VALUE]: string;
  readonly [IS_NEW]?: number | string;
  readonly [IS_UP_TO_MARK]?: number | string;
  readonly [IS_FUTURE]?: number | string;
};

/** What a query has selected. */
interface Selected {
  /** The name under which TypeORM selects the cursor. */
  readonly cursorAs: string;
  /** Names of the texts of the key's columns. */
  readonly keyAliases: readonly string[];
  readonly instant: CursorInstant;
  readonly dates: ZoneLessDates;
}

/**
 * Reads the rows of a polled table from the result of a query.
 *
 * @internal
 */
export class KeysetRowReader {
  /** @param name the table and its columns */
  constructor(
    private readonly name: string,
    private readonly selected: Selected,
  ) {}

  keyOf(raw: RawRow): string {
    return keyText(this.selected.keyAliases.map((alias) => raw[alias] as string));
  }

  /**
   * @param entities what TypeORM made of the rows
   * @throws {AmbiguousRowsError} where rows cannot be told apart
   */
  read(raw: readonly RawRow[], entities: readonly ObjectLiteral[]): KeysetRow[] {
    // TypeORM makes one entity of rows whose primary columns are equal, and the others would be mixed up.
    if (entities.length !== raw.length) throw this.ambiguity('primary columns');
    let previous: RowPosition | undefined;
    return raw.map((columns, index) => {
      const row = this.rowOf(columns, entities[index] as ObjectLiteral);
      const { key, value } = row.position;
      if (previous?.key === key && previous.value === value) {
        throw this.ambiguity(`cursor '${value}' and the key '${key}'`);
      }
      previous = row.position;
      return row;
    });
  }

  private rowOf(columns: RawRow, row: ObjectLiteral): KeysetRow {
    const { cursorAs, keyAliases, instant, dates } = this.selected;
    const {
      [VALUE]: value,
      [IS_NEW]: isNew,
      [IS_UP_TO_MARK]: isUpToMark,
      [IS_FUTURE]: isFuture,
      [cursorAs]: _cursor,
      ...content
    } = columns;
    for (const alias of [...keyAliases, ...instant.aliases]) delete content[alias];
    dates.replaceIn(content);
    return {
      row,
      position: { value, key: this.keyOf(columns) },
      occurredAt: instant.of(row, value, columns),
      content,
      // The host's driver may give large numbers as text.
      isNew: Number(isNew ?? 1) !== 0,
      isUpToMark: Number(isUpToMark ?? 0) !== 0,
      isFuture: Number(isFuture ?? 0) !== 0,
    };
  }

  private ambiguity(what: string): AmbiguousRowsError {
    return new AmbiguousRowsError(this.name, what);
  }
}
