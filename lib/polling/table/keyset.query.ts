import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import type { SqlDatabase } from '../../database/sql-database.js';
import { indexDecorator, isIndexed } from './cursor-index.js';
import type { CursorInstant } from './cursor.instant.js';
import type { KeysetColumn } from './keyset.column.js';
import type { KeysetRow } from './keyset.row.js';
import { KeysetRowReader, type RawRow } from './keyset.row.reader.js';
import { ALIAS, KeysetSelect, VALUE, type PageRequest } from './keyset.select.js';
import type { PolledTable } from './polled.table.js';
import type { RowPosition, StartPosition } from './row-position.js';

/** The next rows of a table, and whether it has more of them. */
export interface KeysetPage {
  readonly rows: readonly KeysetRow[];
  readonly isLast: boolean;
}

/**
 * Reads a table of the host along (cursor, key). TypeORM hydrates the rows, so the host gets its entities as
 * its own repositories give them.
 *
 * Every query runs in a transaction of the library: on SQLite's one connection, a transaction of the host might be
 * open, and its writes be rolled back; under replication, a replica may be behind.
 *
 * @internal
 */
export class KeysetQuery {
  private readonly select: KeysetSelect;
  private readonly reader: KeysetRowReader;

  constructor(
    private readonly table: PolledTable,
    readonly cursor: KeysetColumn,
    readonly key: readonly KeysetColumn[],
  ) {
    this.select = new KeysetSelect(table, cursor, key);
    const { keyAliases, instant, dates } = this.select;
    const cursorAs = table.selectedAs(cursor.metadata, ALIAS);
    this.reader = new KeysetRowReader(this.name, { cursorAs, keyAliases, instant, dates });
  }

  /** The table and its columns, such as `user(updated_at, id)`. */
  get name(): string {
    const columns = [this.cursor, ...this.key].map(({ metadata }) => metadata.databaseName);
    return `${this.table.metadata.tableName}(${columns.join(', ')})`;
  }

  /** The decorator that gives the entity the index that it needs. */
  get indexDecorator(): string {
    return indexDecorator([this.cursor, ...this.key].map(({ metadata }) => metadata));
  }

  get isView(): boolean {
    return this.table.isView;
  }

  get instant(): CursorInstant {
    return this.select.instant;
  }

  /** The next rows, in their order. */
  async page(request: PageRequest): Promise<KeysetPage> {
    const { limit } = request;
    // One more than was asked for tells whether there are more, without another query.
    const rows = await this.database.managed((manager) =>
      this.read(this.select.page(manager, { ...request, limit: limit + 1 })),
    );
    return { rows: rows.slice(0, limit), isLast: rows.length <= limit };
  }

  /** The positions of the page's rows, for where TypeORM cannot make entities of them. */
  async places(request: PageRequest): Promise<KeysetPage> {
    const { limit } = request;
    const rows = await this.database.managed(async (manager) => {
      const query = this.select.page(manager, { ...request, limit: limit + 1 });
      const raw = await query.getRawMany<RawRow>();
      return this.reader.read(
        raw,
        raw.map(() => ({})),
      );
    });
    return { rows: rows.slice(0, limit), isLast: rows.length <= limit };
  }

  /** The rows that share a cursor value. */
  tied(value: string, limit: number): Promise<KeysetRow[]> {
    return this.database.managed((manager) => this.read(this.select.tied(manager, value, limit)));
  }

  /** Whether a position has the form of those of this table. */
  accepts(position: StartPosition): boolean {
    return this.select.comparison.accepts(position);
  }

  /** The row with this key, as it is now. */
  async withKey(key: string): Promise<KeysetRow | undefined> {
    const [row] = await this.database.managed((manager) =>
      this.read(this.select.withKey(manager, key)),
    );
    return row;
  }

  /** Rows whose cursor is a date in the future. */
  future(limit: number): Promise<KeysetRow[]> {
    return this.database.managed(async (manager) => {
      const query = this.select.future(manager, limit);
      return query === undefined ? [] : this.read(query);
    });
  }

  /** Whether any row from a cursor value on has no key: such rows are in no page. */
  hasNullKeys(from: string | null): Promise<boolean> {
    return this.database.managed(
      async (manager) => (await this.select.keyless(manager, from).getRawMany()).length > 0,
    );
  }

  /** The last row of the table that is not dated in the future; `null` where there is none. */
  last(): Promise<RowPosition | null> {
    return this.database.managed(async (manager) => {
      const [raw] = await this.select.last(manager).getRawMany<RawRow>();
      return raw === undefined ? null : { value: raw[VALUE], key: this.reader.keyOf(raw) };
    });
  }

  /**
   * Looks up the present by the cursor, and the kind of its values where its type does not tell. A run calls it
   * before it compares rows.
   *
   * @returns whether the cursor holds numbers and texts. SQLite orders the numbers before the texts: what is
   * written as a number later lies behind every text.
   */
  async examine(): Promise<{ readonly isMixed: boolean }> {
    await this.select.present.look((manager) => this.select.rows(manager), ALIAS);
    const { storedTypeOf } = this.table.dialect;
    if (storedTypeOf === undefined) return { isMixed: false };
    const type = storedTypeOf(this.cursor.of(ALIAS));
    const [first, last] = await this.database.managed(async (manager) => [
      await this.select.end(manager, type, 'ASC'),
      await this.select.end(manager, type, 'DESC'),
    ]);
    if (last !== undefined) this.cursor.holdsNumbers = last === 'integer';
    return { isMixed: first !== last };
  }

  /** Whether an index leads with the cursor. */
  isIndexed(): Promise<boolean> {
    return isIndexed(this.database, this.table.metadata, this.cursor.metadata);
  }

  private get database(): SqlDatabase {
    return this.table.database;
  }

  private async read(query: SelectQueryBuilder<ObjectLiteral>): Promise<KeysetRow[]> {
    const { raw, entities } = await query.getRawAndEntities<RawRow>();
    return this.reader.read(raw, entities);
  }
}
