import type { EntityManager, EntityMetadata, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import type { SqlDatabase } from '../../database/sql-database.js';
import { indexDecorator, isIndexed } from './cursor-index.js';
import { CursorInstant } from './cursor.instant.js';
import { CursorPresent } from './cursor.present.js';
import type { KeysetColumn } from './keyset.column.js';
import { KeysetComparison, named } from './keyset.comparison.js';
import type { KeysetRow } from './keyset.row.js';
import {
  IS_FUTURE,
  IS_NEW,
  IS_UP_TO_MARK,
  KeysetRowReader,
  VALUE,
  type RawRow,
} from './keyset.row.reader.js';
import { keyTexts, type RowPosition, type StartPosition } from './row-position.js';
import { selectedAs } from './selected-as.js';
import { storedTypes } from './stored-types.js';
import { ZoneLessDates } from './zone-less.dates.js';

/** The next rows of a table, and whether it has more of them. */
export interface KeysetPage {
  readonly rows: readonly KeysetRow[];
  readonly isLast: boolean;
}

/** Which rows a page has. */
export interface PageRequest {
  /** `null` for the beginning of the table. */
  readonly after: StartPosition | null;
  /** The furthest row read so far. */
  readonly reached: RowPosition | null;
  /** Up to where rows are to be told from later ones; `null` for no row. */
  readonly mark: RowPosition | null;
  readonly limit: number;
}

const ALIAS = 'polled';

/**
 * Reads a table of the host along (cursor, key). Rows are hydrated by TypeORM, so the host gets its
 * entities as its own repositories give them.
 *
 * Everything is read in a transaction of the library: on SQLite's one connection, that of the host
 * might be open, and what it has written be rolled back; under replication, a replica may be behind.
 *
 * @internal
 */
export class KeysetQuery {
  readonly instant: CursorInstant;
  private readonly present: CursorPresent;
  private readonly dates: ZoneLessDates;
  private readonly comparison: KeysetComparison;
  private readonly reader: KeysetRowReader;

  constructor(
    private readonly database: SqlDatabase,
    private readonly metadata: EntityMetadata,
    readonly cursor: KeysetColumn,
    readonly key: readonly KeysetColumn[],
  ) {
    this.instant = new CursorInstant(database, cursor);
    this.present = new CursorPresent(database, cursor);
    this.dates = new ZoneLessDates(database, metadata, cursor, ALIAS);
    this.comparison = new KeysetComparison(database, cursor, key, ALIAS);
    this.reader = new KeysetRowReader(this.name, {
      cursorAs: selectedAs(database, cursor.metadata, ALIAS),
      keys: key.length,
      instant: this.instant,
      dates: this.dates,
    });
  }

  /** The table and its columns, such as `user(updated_at, id)`. */
  get name(): string {
    const columns = [this.cursor, ...this.key].map(({ metadata }) => metadata.databaseName);
    return `${this.metadata.tableName}(${columns.join(', ')})`;
  }

  /** The decorator that gives the entity the index that is needed. */
  get indexDecorator(): string {
    return indexDecorator([this.cursor, ...this.key].map(({ metadata }) => metadata));
  }

  get isView(): boolean {
    return this.metadata.tableType === 'view';
  }

  /** The next rows, in their order. */
  async page(request: PageRequest): Promise<KeysetPage> {
    const { limit } = request;
    // One more than was asked for tells whether there are more, without another query.
    const rows = await this.database.managed((manager) =>
      this.read(this.select(manager, { ...request, limit: limit + 1 })),
    );
    return { rows: rows.slice(0, limit), isLast: rows.length <= limit };
  }

  /** The same page without entities: where its rows stand, though TypeORM cannot make entities of them. */
  async places(request: PageRequest): Promise<KeysetPage> {
    const { limit } = request;
    const rows = await this.database.managed(async (manager) => {
      const raw = await this.select(manager, { ...request, limit: limit + 1 }).getRawMany<RawRow>();
      return this.reader.read(
        raw,
        raw.map(() => ({})),
      );
    });
    return { rows: rows.slice(0, limit), isLast: rows.length <= limit };
  }

  /** The rows that share a cursor value. */
  tied(value: string, limit: number): Promise<KeysetRow[]> {
    return this.database.managed((manager) => {
      const query = this.select(manager, { after: null, reached: null, mark: null, limit });
      const tied = this.cursor.fromText(':tied');
      return this.read(query.andWhere(`${this.cursor.of(ALIAS)} = ${tied}`, { tied: value }));
    });
  }

  /** Whether a position has the form of this table's. */
  accepts(position: StartPosition): boolean {
    return this.comparison.accepts(position);
  }

  /** The row with this key, as it is now. */
  async withKey(key: string): Promise<KeysetRow | undefined> {
    const [row] = await this.database.managed((manager) => {
      const query = this.select(manager, { after: null, reached: null, mark: null, limit: 1 });
      const wanted = this.key.map(
        (column, index) => `${column.of(ALIAS)} = ${column.fromText(`:wanted${index}`)}`,
      );
      const texts = keyTexts(key, this.key.length);
      return this.read(query.andWhere(wanted.join(' AND '), named('wanted', texts)));
    });
    return row;
  }

  /** Rows whose cursor is a date that has not come yet. */
  async future(limit: number): Promise<KeysetRow[]> {
    const future = this.present.future(ALIAS);
    if (future === undefined) return [];
    return this.database.managed((manager) => {
      const query = this.select(manager, { after: null, reached: null, mark: null, limit });
      return this.read(query.andWhere(future));
    });
  }

  /** Whether rows from a cursor value on have no key: no page has them. */
  hasNullKeys(from: string | null): Promise<boolean> {
    return this.database.managed(async (manager) => {
      const query = manager.createQueryBuilder(this.metadata.target, ALIAS).select('1', 'one');
      query.where(this.cursor.comparable(ALIAS)).andWhere(this.comparison.keyless());
      if (from !== null) query.andWhere(this.comparison.reached('from'), named('from', [from]));
      return (await query.limit(1).getRawMany()).length > 0;
    });
  }

  /** The last row of the table that is not of the future, or `null` where there is none. */
  last(): Promise<RowPosition | null> {
    return this.database.managed(async (manager) => {
      const query = this.rows(manager).select(this.cursor.textOf(ALIAS), VALUE);
      const future = this.present.future(ALIAS);
      if (future !== undefined) query.andWhere(`NOT (${future})`);
      const [raw] = await this.ordered(query, 'DESC').limit(1).getRawMany<RawRow>();
      return raw === undefined ? null : { value: raw[VALUE], key: this.reader.keyOf(raw) };
    });
  }

  /**
   * Looks at what time it is by the cursor, and at what the cursor holds, which on SQLite its type does not tell; to
   * be called before rows are compared.
   *
   * @returns whether it holds numbers and texts. SQLite orders the numbers before the texts: what is written as a
   * number later lies behind every text.
   */
  async examine(): Promise<{ readonly isMixed: boolean }> {
    await this.present.look((manager) => this.rows(manager), ALIAS);
    if (this.database.kind !== 'sqlite') return { isMixed: false };
    const [first, last] = await this.database.managed((manager) =>
      storedTypes(() => this.rows(manager), this.cursor, ALIAS),
    );
    if (last !== undefined) this.cursor.holdsNumbers = last === 'integer';
    return { isMixed: first !== last };
  }

  /** Whether an index leads with the cursor. */
  isIndexed(): Promise<boolean> {
    return isIndexed(this.database, this.metadata, this.cursor.metadata);
  }

  private rows(manager: EntityManager): SelectQueryBuilder<ObjectLiteral> {
    const query = manager
      .createQueryBuilder(this.metadata.target, ALIAS)
      .where(this.cursor.comparable(ALIAS));
    for (const column of this.key) query.andWhere(column.comparable(ALIAS));
    return query;
  }

  /** Gives the query the columns of the key, and its order. */
  private ordered(
    query: SelectQueryBuilder<ObjectLiteral>,
    direction: 'ASC' | 'DESC',
  ): SelectQueryBuilder<ObjectLiteral> {
    query.orderBy(this.property(this.cursor), direction);
    for (const [index, column] of this.key.entries()) {
      query
        .addSelect(column.textOf(ALIAS), this.reader.keyAliases[index])
        .addOrderBy(this.property(column), direction);
    }
    return query;
  }

  private select(
    manager: EntityManager,
    { after, reached, mark, limit }: PageRequest,
  ): SelectQueryBuilder<ObjectLiteral> {
    const rows = this.rows(manager).addSelect(this.cursor.textOf(ALIAS), VALUE);
    const query = this.ordered(rows, 'ASC').limit(limit);
    this.instant.addTo(query, ALIAS);
    this.dates.addTo(query, ALIAS);
    const future = this.present.future(ALIAS);
    if (future !== undefined) query.addSelect(`CASE WHEN ${future} THEN 1 ELSE 0 END`, IS_FUTURE);
    if (reached !== null) {
      query
        .addSelect(
          `CASE WHEN ${this.comparison.compared('>', 'reached')} THEN 1 ELSE 0 END`,
          IS_NEW,
        )
        .setParameters(this.comparison.parametersOf('reached', reached));
    }
    if (mark !== null) {
      query
        .addSelect(
          `CASE WHEN ${this.comparison.compared('<=', 'mark')} THEN 1 ELSE 0 END`,
          IS_UP_TO_MARK,
        )
        .setParameters(this.comparison.parametersOf('mark', mark));
    }
    if (after !== null) {
      const { value, key } = after;
      if (key === null) {
        query.andWhere(this.comparison.reached('after'), named('after', [value]));
      } else {
        query.andWhere(
          this.comparison.compared('>', 'after'),
          this.comparison.parametersOf('after', { value, key }),
        );
      }
    }
    return query;
  }

  private async read(query: SelectQueryBuilder<ObjectLiteral>): Promise<KeysetRow[]> {
    const { raw, entities } = await query.getRawAndEntities<RawRow>();
    return this.reader.read(raw, entities);
  }

  private property({ metadata }: KeysetColumn): string {
    return `${ALIAS}.${metadata.propertyPath}`;
  }
}
