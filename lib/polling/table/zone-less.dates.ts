import type { EntityMetadata, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import type { SqlDatabase } from '../../database/sql-database.js';
import { KeysetColumn } from './keyset.column.js';
import { selectedAs } from './selected-as.js';

const ALIAS = 'hookline_date';

/** A column whose values reach the driver without a zone. */
interface ZoneLessDate {
  readonly column: KeysetColumn;
  /** The name under which TypeORM selects it. */
  readonly name: string;
  /** The name of its text, as the database gives it. */
  readonly textAs: string;
}

/**
 * The dates of a row that a driver reads in the zone of its own process. For the content of a row they are the
 * text of the database, so that all processes have the same content, in whatever zones they are.
 *
 * @internal
 */
export class ZoneLessDates {
  private readonly dates: readonly ZoneLessDate[];

  /** @param cursor is no part of the content */
  constructor(
    database: SqlDatabase,
    { columns }: EntityMetadata,
    cursor: KeysetColumn,
    alias: string,
  ) {
    this.dates = columns
      .filter(
        ({ isVirtualProperty, isSelect, isArray }) => isSelect && !isArray && !isVirtualProperty,
      )
      .filter((column) => column !== cursor.metadata)
      .map((metadata) => new KeysetColumn(database, metadata))
      .filter(({ isZoneLess }) => isZoneLess)
      .map((column, index) => ({
        column,
        name: selectedAs(database, column.metadata, alias),
        textAs: `${ALIAS}_${index}`,
      }));
  }

  /** Has the query select their texts. */
  addTo(query: SelectQueryBuilder<ObjectLiteral>, alias: string): void {
    for (const { column, textAs } of this.dates) query.addSelect(column.textOf(alias), textAs);
  }

  /** Has the content of a row hold what the database says, instead of what the driver makes of it. */
  replaceIn(content: Record<string, unknown>): void {
    for (const { column, name, textAs } of this.dates) {
      const { [textAs]: text } = content;
      delete content[textAs];
      // A host that has its driver give texts has no zone in them.
      if (content[name] instanceof Date && typeof text === 'string') {
        content[name] = contentOf(column.type, text);
      }
    }
  }
}

/** What a process in UTC makes of the date: earlier versions have taken what the process made of it. */
function contentOf(type: string, text: string): string {
  if (type === 'date') return `${text}T00:00:00.000Z`;
  // MySQL gives the instants of its type `timestamp` as seconds since the epoch.
  if (type === 'timestamp') {
    const [whole, decimals = ''] = text.split('.');
    return new Date(
      Number(whole) * 1_000 + Number(decimals.slice(0, 3).padEnd(3, '0')),
    ).toISOString();
  }
  return `${text.replace(' ', 'T').replace(/(\.\d{3})\d*$/, '$1')}Z`;
}
