import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import type { KeysetColumn } from './keyset.column.js';
import type { PolledTable } from './polled.table.js';

const ALIAS = 'hookline_date';

/** A column whose values reach the driver without a zone. */
interface ZoneLessDate {
  readonly column: KeysetColumn;
  /** The name under which TypeORM selects it. */
  readonly name: string;
  /** The name of its text, as the database gives it. */
  readonly textAs: string;
  /** What a process in UTC makes of that text. */
  readonly inUtc: (text: string) => string;
}

/**
 * The dates of a row that a driver reads in the zone of its own process. In the content of a row the database's
 * text takes their place, so that all processes have the same content, in whatever zones they are.
 *
 * @internal
 */
export class ZoneLessDates {
  private readonly dates: readonly ZoneLessDate[];

  /** @param cursor does not belong to the content */
  constructor(table: PolledTable, cursor: KeysetColumn, alias: string) {
    const { zones } = table.dialect;
    this.dates = table.metadata.columns
      .filter(
        ({ isVirtualProperty, isSelect, isArray }) => isSelect && !isArray && !isVirtualProperty,
      )
      .filter((column) => column !== cursor.metadata)
      .map((metadata) => table.column(metadata))
      .filter(({ isZoneLess }) => isZoneLess)
      .map((column, index) => ({
        column,
        name: table.selectedAs(column.metadata, alias),
        textAs: `${ALIAS}_${index}`,
        inUtc: (text) => zones?.utcTextOf(text, column.type) ?? text,
      }));
  }

  /** Has the query select their texts. */
  addTo(query: SelectQueryBuilder<ObjectLiteral>, alias: string): void {
    for (const { column, textAs } of this.dates) query.addSelect(column.textOf(alias), textAs);
  }

  /** Has the content of a row hold what the database says, instead of what the driver makes of it. */
  replaceIn(content: Record<string, unknown>): void {
    for (const { name, textAs, inUtc } of this.dates) {
      const { [textAs]: text } = content;
      delete content[textAs];
      // Where the host's driver gives texts, no zone has changed them.
      if (content[name] instanceof Date && typeof text === 'string') {
        // Earlier versions took what the process made of it, and most processes are in UTC.
        content[name] = inUtc(text);
      }
    }
  }
}
