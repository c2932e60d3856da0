import { DriverUtils } from 'typeorm/driver/DriverUtils.js';
import type { EntityManager, EntityMetadata, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import type { SqlDatabase } from '../database/sql-database.js';
import type { RowContent } from './event-id.js';
import { AmbiguousRowsError } from './ambiguous-rows.error.js';
import { CursorInstant } from './cursor.instant.js';
import type { KeysetColumn } from './keyset.column.js';
import { keyText, keyTexts, type RowPosition, type StartPosition } from './row-position.js';

/** A row of the polled table. */
export interface KeysetRow {
  readonly row: ObjectLiteral;
  readonly position: RowPosition;
  /** The instant that its cursor means, where that is known. */
  readonly occurredAt: Date | undefined;
  /** All columns but the cursor: what a driver makes of a date may depend on the zone of its process. */
  readonly content: RowContent;
  /** Whether it lies beyond the furthest row read so far. */
  readonly isNew: boolean;
  /** Whether it lies before the mark, or is the mark itself. */
  readonly isUpToMark: boolean;
  /** Whether its cursor is a date that has not come yet. */
  readonly isFuture: boolean;
}

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
const VALUE = 'hookline_value';
const KEY = 'hookline_key';
const IS_NEW = 'hookline_is_new';
const IS_UP_TO_MARK = 'hookline_is_up_to_mark';
const IS_FUTURE = 'hookline_is_future';

type RawRow = Record<string, unknown> & {
  readonly [VALUE]: string;
  readonly [IS_NEW]?: number | string;
  readonly [IS_UP_TO_MARK]?: number | string;
  readonly [IS_FUTURE]?: number | string;
};

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
  private readonly keyAliases: readonly string[];

  constructor(
    private readonly database: SqlDatabase,
    private readonly metadata: EntityMetadata,
    readonly cursor: KeysetColumn,
    readonly key: readonly KeysetColumn[],
  ) {
    this.instant = new CursorInstant(database, cursor);
    this.keyAliases = key.map((_, index) => `${KEY}_${index}`);
  }

  /** The table and its columns, such as `user(updated_at, id)`. */
  get name(): string {
    const columns = [this.cursor, ...this.key].map(({ metadata }) => metadata.databaseName);
    return `${this.metadata.tableName}(${columns.join(', ')})`;
  }

  /** The decorator that gives the entity the index that is needed. */
  get indexDecorator(): string {
    const properties = [this.cursor, ...this.key].map(
      ({ metadata }) => `'${metadata.propertyPath}'`,
    );
    return `@Index([${[...new Set(properties)].join(', ')}])`;
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
      return this.rowsOf(
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
  accepts({ value, key }: StartPosition): boolean {
    const texts = key === null ? [] : textsOf(key, this.key.length);
    if (key !== null && texts.length !== this.key.length) return false;
    return [this.cursor, ...this.key].every(({ kind }, index) => {
      const text = [value, ...texts][index];
      return (
        text === undefined || kind !== 'number' || (text !== '' && !Number.isNaN(Number(text)))
      );
    });
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
    const future = this.cursor.future(ALIAS);
    if (future === undefined) return [];
    return this.database.managed((manager) => {
      const query = this.select(manager, { after: null, reached: null, mark: null, limit });
      return this.read(query.andWhere(future));
    });
  }

  /** The last row of the table that is not of the future, or `null` where there is none. */
  last(): Promise<RowPosition | null> {
    return this.database.managed(async (manager) => {
      const query = this.rows(manager).select(this.cursor.textOf(ALIAS), VALUE);
      const future = this.cursor.future(ALIAS);
      if (future !== undefined) query.andWhere(`NOT (${future})`);
      const [raw] = await this.ordered(query, 'DESC').limit(1).getRawMany<RawRow>();
      return raw === undefined ? null : { value: raw[VALUE], key: this.keyOf(raw) };
    });
  }

  /**
   * Looks at what the cursor holds, which on SQLite its type does not tell; to be called before rows are compared.
   *
   * @returns whether it holds numbers and texts. SQLite orders the numbers before the texts: what is written as a
   * number later lies behind every text.
   */
  async examine(): Promise<{ readonly isMixed: boolean }> {
    if (this.database.kind !== 'sqlite') return { isMixed: false };
    const [first, last] = await this.database.managed(async (manager) => [
      await this.typeAtThe('ASC', manager),
      await this.typeAtThe('DESC', manager),
    ]);
    if (last !== undefined) this.cursor.holdsNumbers = last === 'integer';
    return { isMixed: first !== last };
  }

  /** Whether an index leads with the cursor, by the entity or else by the database. */
  async isIndexed(): Promise<boolean> {
    const { databaseName } = this.cursor.metadata;
    const { primaryColumns, indices, uniques, tablePath, tableType } = this.metadata;
    const declared = [
      primaryColumns,
      ...indices.filter(({ where }) => where === undefined).map(({ columns }) => columns),
      ...uniques.map(({ columns }) => columns),
    ];
    if (tableType === 'view' || declared.some(([first]) => first?.databaseName === databaseName)) {
      return true;
    }
    return this.database.managed(async ({ queryRunner }) => {
      const table = await queryRunner?.getTable(tablePath);
      return (table?.indices ?? []).some(
        ({ columnNames: [first], where }) => first === databaseName && !where,
      );
    });
  }

  /** What SQLite has stored at one end of the cursor; integers and reals are both numbers. */
  private async typeAtThe(
    direction: 'ASC' | 'DESC',
    manager: EntityManager,
  ): Promise<string | undefined> {
    const query = this.rows(manager)
      .select(`replace(typeof(${this.cursor.of(ALIAS)}), 'real', 'integer')`, 'type')
      .orderBy(this.property(this.cursor), direction);
    const [row] = await query.limit(1).getRawMany<{ type: string }>();
    return row?.type;
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
        .addSelect(column.textOf(ALIAS), this.keyAliases[index])
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
    const future = this.cursor.future(ALIAS);
    if (future !== undefined) query.addSelect(`CASE WHEN ${future} THEN 1 ELSE 0 END`, IS_FUTURE);
    if (reached !== null) {
      query
        .addSelect(`CASE WHEN ${this.compared('>', 'reached')} THEN 1 ELSE 0 END`, IS_NEW)
        .setParameters(this.parametersOf('reached', reached));
    }
    if (mark !== null) {
      query
        .addSelect(`CASE WHEN ${this.compared('<=', 'mark')} THEN 1 ELSE 0 END`, IS_UP_TO_MARK)
        .setParameters(this.parametersOf('mark', mark));
    }
    if (after !== null) {
      const { value, key } = after;
      if (key === null) {
        const cursorValue = this.cursor.fromText(':after0');
        query.andWhere(`${this.cursor.of(ALIAS)} >= ${cursorValue}`, named('after', [value]));
      } else {
        query.andWhere(this.compared('>', 'after'), this.parametersOf('after', { value, key }));
      }
    }
    return query;
  }

  /**
   * The SQL condition that a row lies beyond, or not beyond, the position in the parameters
   * `<position>0` (its cursor), `<position>1` and so on (its key).
   */
  private compared(operator: '>' | '<=', position: string): string {
    const columns = [this.cursor, ...this.key].map((column, index) => ({
      name: column.of(ALIAS),
      value: column.fromText(`:${position}${index}`),
    }));
    if (this.database.kind !== 'mysql') {
      const names = columns.map(({ name }) => name).join(', ');
      const values = columns.map(({ value }) => value).join(', ');
      return `(${names}) ${operator} (${values})`;
    }
    // MySQL does not use an index for pairs.
    const strict = operator === '>' ? '>' : '<';
    return columns
      .map(({ name, value }) => ({ name, value, condition: `${name} ${operator} ${value}` }))
      .reduceRight(({ condition: later }, { name, value }) => ({
        name,
        value,
        condition: `(${name} ${strict}= ${value} AND (${name} ${strict} ${value} OR ${later}))`,
      })).condition;
  }

  private parametersOf(position: string, { value, key }: RowPosition): ObjectLiteral {
    return named(position, [value, ...keyTexts(key, this.key.length)]);
  }

  private keyOf(raw: RawRow): string {
    return keyText(this.keyAliases.map((alias) => raw[alias] as string));
  }

  private async read(query: SelectQueryBuilder<ObjectLiteral>): Promise<KeysetRow[]> {
    const { raw, entities } = await query.getRawAndEntities<RawRow>();
    return this.rowsOf(raw, entities);
  }

  private rowsOf(raw: readonly RawRow[], entities: readonly ObjectLiteral[]): KeysetRow[] {
    const cursorAlias = DriverUtils.buildAlias(
      this.database.dataSource.driver,
      undefined,
      ALIAS,
      this.cursor.metadata.databaseName,
    );
    // Rows whose primary columns are equal become one entity, and the rest would be mixed up.
    if (entities.length !== raw.length) throw this.ambiguity('primary columns');
    let previous: RowPosition | undefined;
    return raw.map((columns, index) => {
      const {
        [VALUE]: value,
        [IS_NEW]: isNew,
        [IS_UP_TO_MARK]: isUpToMark,
        [IS_FUTURE]: isFuture,
        [cursorAlias]: _cursor,
        ...content
      } = columns;
      const position = { value, key: this.keyOf(columns) };
      for (const alias of [...this.keyAliases, ...this.instant.aliases]) delete content[alias];
      if (previous?.key === position.key && previous.value === value) {
        throw this.ambiguity(`cursor '${value}' and the key '${position.key}'`);
      }
      previous = position;
      const row = entities[index] as ObjectLiteral;
      return {
        row,
        position,
        occurredAt: this.instant.of(row, value, columns),
        content,
        // As text, where the host's driver gives large numbers so.
        isNew: Number(isNew ?? 1) !== 0,
        isUpToMark: Number(isUpToMark ?? 0) !== 0,
        isFuture: Number(isFuture ?? 0) !== 0,
      };
    });
  }

  private ambiguity(what: string): AmbiguousRowsError {
    return new AmbiguousRowsError(this.name, what);
  }

  private property({ metadata }: KeysetColumn): string {
    return `${ALIAS}.${metadata.propertyPath}`;
  }
}

/** The texts of a key that somebody has given; none where it has another form. */
function textsOf(key: string, columns: number): readonly string[] {
  try {
    const texts: unknown = keyTexts(key, columns);
    return Array.isArray(texts) && texts.every((text) => typeof text === 'string') ? texts : [];
  } catch {
    return [];
  }
}

/** Values as the parameters `<name>0`, `<name>1` and so on. */
function named(name: string, values: readonly string[]): ObjectLiteral {
  return Object.fromEntries(values.map((value, index) => [`${name}${index}`, value]));
}
