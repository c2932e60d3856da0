import type { EntityManager, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { CursorInstant } from './cursor.instant.js';
import { CursorPresent } from './cursor.present.js';
import type { KeysetColumn } from './keyset.column.js';
import { KeysetComparison, named } from './keyset.comparison.js';
import type { PolledTable } from './polled.table.js';
import { keyTexts, type RowPosition, type StartPosition } from './row-position.js';
import { ZoneLessDates } from './zone-less.dates.js';

/** The name of the table in the queries. */
export const ALIAS = 'polled';

export const VALUE = 'hookline_value';
export const IS_NEW = 'hookline_is_new';
export const IS_UP_TO_MARK = 'hookline_is_up_to_mark';
export const IS_FUTURE = 'hookline_is_future';

const KEY = 'hookline_key';

/** Which rows a page holds. */
export interface PageRequest {
  /** `null` for the beginning of the table. */
  readonly after: StartPosition | null;
  /** The furthest row read so far. */
  readonly reached: RowPosition | null;
  /** The row up to which rows count as settled next; `null` for no row. */
  readonly mark: RowPosition | null;
  readonly limit: number;
}

type Query = SelectQueryBuilder<ObjectLiteral>;

/**
 * Builds the queries for the rows of a polled table, in the order of (cursor, key).
 *
 * @internal
 */
export class KeysetSelect {
  readonly comparison: KeysetComparison;
  readonly present: CursorPresent;
  readonly instant: CursorInstant;
  readonly dates: ZoneLessDates;
  /** Names of the texts of the key's columns. */
  readonly keyAliases: readonly string[];

  constructor(
    private readonly table: PolledTable,
    private readonly cursor: KeysetColumn,
    private readonly key: readonly KeysetColumn[],
  ) {
    this.comparison = new KeysetComparison(table.dialect, cursor, key, ALIAS);
    this.present = new CursorPresent(table, cursor);
    this.instant = new CursorInstant(table, cursor);
    this.dates = new ZoneLessDates(table, cursor, ALIAS);
    this.keyAliases = key.map((_, index) => `${KEY}_${index}`);
  }

  /** All rows that have a place in the order. */
  rows(manager: EntityManager): Query {
    const query = this.withCursor(manager);
    for (const column of this.key) query.andWhere(column.comparable(ALIAS));
    return query;
  }

  /** The rows of a page, with all that their reader needs. */
  page(manager: EntityManager, { after, reached, mark, limit }: PageRequest): Query {
    const rows = this.rows(manager).addSelect(this.cursor.textOf(ALIAS), VALUE);
    const query = this.ordered(rows, 'ASC').limit(limit);
    this.instant.addTo(query, ALIAS);
    this.dates.addTo(query, ALIAS);
    const future = this.present.future(ALIAS);
    if (future !== undefined) addFlag(query, future, IS_FUTURE);
    if (reached !== null) {
      addFlag(query, this.comparison.compared('>', 'reached'), IS_NEW);
      query.setParameters(this.comparison.parametersOf('reached', reached));
    }
    if (mark !== null) {
      addFlag(query, this.comparison.compared('<=', 'mark'), IS_UP_TO_MARK);
      query.setParameters(this.comparison.parametersOf('mark', mark));
    }
    return after === null ? query : this.behind(query, after);
  }

  /** The rows that share a cursor value. */
  tied(manager: EntityManager, value: string, limit: number): Query {
    const condition = `${this.cursor.of(ALIAS)} = ${this.cursor.fromText(':tied')}`;
    return this.first(manager, limit).andWhere(condition, { tied: value });
  }

  /** The row with this key. */
  withKey(manager: EntityManager, key: string): Query {
    const conditions = this.key.map(
      (column, index) => `${column.of(ALIAS)} = ${column.fromText(`:wanted${index}`)}`,
    );
    const texts = keyTexts(key, this.key.length);
    return this.first(manager, 1).andWhere(conditions.join(' AND '), named('wanted', texts));
  }

  /** The rows whose cursor is a date in the future; `undefined` where it is not a date. */
  future(manager: EntityManager, limit: number): Query | undefined {
    const future = this.present.future(ALIAS);
    return future === undefined ? undefined : this.first(manager, limit).andWhere(future);
  }

  /** The position of the last row that is not dated in the future. */
  last(manager: EntityManager): Query {
    const query = this.rows(manager).select(this.cursor.textOf(ALIAS), VALUE);
    const future = this.present.future(ALIAS);
    if (future !== undefined) query.andWhere(`NOT (${future})`);
    return this.ordered(query, 'DESC').limit(1);
  }

  /** A row without a key, from a cursor value on; among all rows for `null`. */
  keyless(manager: EntityManager, from: string | null): Query {
    const query = this.withCursor(manager).select('1', 'one').limit(1);
    query.andWhere(this.comparison.keyless());
    if (from !== null) query.andWhere(this.comparison.reached('from'), named('from', [from]));
    return query;
  }

  /** The value of an expression for the first row along the cursor, or for the last. */
  async end(
    manager: EntityManager,
    expression: string,
    direction: 'ASC' | 'DESC',
  ): Promise<string | undefined> {
    const [row] = await this.rows(manager)
      .select(expression, 'value')
      .orderBy(property(this.cursor), direction)
      .limit(1)
      .getRawMany<{ value: string }>();
    return row?.value;
  }

  private withCursor(manager: EntityManager): Query {
    return manager
      .createQueryBuilder(this.table.metadata.target, ALIAS)
      .where(this.cursor.comparable(ALIAS));
  }

  private first(manager: EntityManager, limit: number): Query {
    return this.page(manager, { after: null, reached: null, mark: null, limit });
  }

  private behind(query: Query, { value, key }: StartPosition): Query {
    return key === null
      ? query.andWhere(this.comparison.reached('after'), named('after', [value]))
      : query.andWhere(
          this.comparison.compared('>', 'after'),
          this.comparison.parametersOf('after', { value, key }),
        );
  }

  /** Gives the query the columns of the key, and its order. */
  private ordered(query: Query, direction: 'ASC' | 'DESC'): Query {
    query.orderBy(property(this.cursor), direction);
    for (const [index, column] of this.key.entries()) {
      query
        .addSelect(column.textOf(ALIAS), this.keyAliases[index])
        .addOrderBy(property(column), direction);
    }
    return query;
  }
}

function addFlag(query: Query, condition: string, name: string): void {
  query.addSelect(`CASE WHEN ${condition} THEN 1 ELSE 0 END`, name);
}

function property({ metadata }: KeysetColumn): string {
  return `${ALIAS}.${metadata.propertyPath}`;
}
