import type { Type } from '@nestjs/common';
import {
  Column,
  DataSource,
  Entity,
  Index,
  PrimaryColumn,
  ViewColumn,
  ViewEntity,
  type DataSourceOptions,
  type Logger,
  type ObjectLiteral,
} from 'typeorm';
import { createSqlDatabase } from '../../lib/database/database.factory.js';
import { KeysetQuery } from '../../lib/polling/table/keyset.query.js';
import type { KeysetRow } from '../../lib/polling/table/keyset.row.js';
import type { PageRequest } from '../../lib/polling/table/keyset.select.js';
import { PolledTable } from '../../lib/polling/table/polled.table.js';
import type { StartPosition } from '../../lib/polling/table/row-position.js';
import type { DatabaseKind, TestDatabase } from './databases.js';

/** A table to page through. */
@Entity('reading')
@Index(['changedAt', 'id'])
@Index(['version', 'id'])
export class Reading {
  @PrimaryColumn('integer')
  id!: number;

  @Column({ type: Date, precision: 6, nullable: true })
  changedAt!: Date | null;

  @Column('bigint')
  version!: string;

  @Column('double precision', { default: 0 })
  weight!: number;

  @Column('varchar', { default: '' })
  label!: string;

  @Column('boolean', { default: false })
  done!: boolean;
}

/** For SQLite only: its columns have no type. */
@ViewEntity({
  name: 'computed',
  expression: 'SELECT id + 0 AS id, version + 0 AS version FROM reading',
})
export class Computed {
  @PrimaryColumn('integer')
  id!: number;

  @ViewColumn()
  version!: number;
}

/** Keeps the last statement, so that its plan can be asked for. */
class LastStatement implements Partial<Logger> {
  sql = '';
  parameters: unknown[] = [];

  logQuery(sql: string, parameters?: unknown[]): void {
    if (!sql.includes('hookline_value')) return;
    this.sql = sql;
    this.parameters = parameters ?? [];
  }
}

/** The request for a page from the beginning of the table. */
export const pageRequest = (changes: Partial<PageRequest> = {}): PageRequest => ({
  after: null,
  reached: null,
  mark: null,
  limit: 100,
  ...changes,
});

/** The rows of one page. */
export const rowsOf = async (
  query: KeysetQuery,
  changes?: Partial<PageRequest>,
): Promise<readonly KeysetRow[]> => (await query.page(pageRequest(changes))).rows;

/** Reads the whole table in pages of one row. */
export async function readAll(query: KeysetQuery): Promise<ObjectLiteral[]> {
  await query.examine();
  const rows: ObjectLiteral[] = [];
  let after: StartPosition | null = null;
  for (;;) {
    const [next] = await rowsOf(query, { after, limit: 1 });
    if (next === undefined) return rows;
    after = next.position;
    rows.push(next.row);
    if (rows.length > 20) throw new Error('paging makes no progress');
  }
}

/** The query along some columns of a table. */
export function queryOf(
  dataSource: DataSource,
  entity: Type,
  cursor: string,
  key: string,
): KeysetQuery {
  const table = new PolledTable(createSqlDatabase(dataSource), dataSource.getMetadata(entity));
  return new KeysetQuery(table, table.columnOf(cursor)!, [table.columnOf(key)!]);
}

/** A table of readings for the tests of a suite, which is empty before each of them. */
export class ReadingsTable {
  readonly lastStatement = new LastStatement();
  private database!: TestDatabase;
  private connected!: DataSource;

  constructor(kind: DatabaseKind) {
    beforeAll(async () => {
      this.database = await kind.create();
      const silent = new Proxy(this.lastStatement, {
        get: (target, name) => Reflect.get(target, name) ?? (() => undefined),
      });
      this.connected = await new DataSource({
        ...this.options,
        entities: kind.name === 'SQLite' ? [Reading, Computed] : [Reading],
        logging: true,
        logger: silent as unknown as Logger,
      }).initialize();
    });
    beforeEach(() => this.connected.getRepository(Reading).clear());
    afterAll(async () => {
      await this.connected.destroy();
      await this.database.drop();
    });
  }

  get options(): DataSourceOptions {
    return this.database.options as DataSourceOptions;
  }

  /** The name of the column of dates, in quotation marks. */
  get changedAt(): string {
    return this.connected.driver.escape('changedAt');
  }

  query(sql: string, parameters?: unknown[]): Promise<unknown> {
    return this.connected.query(sql, parameters);
  }

  insert(values: string, columns = 'id, version'): Promise<unknown> {
    return this.query(`INSERT INTO reading (${columns}) VALUES ${values}`);
  }

  queryBy(cursor: keyof Reading, key: keyof Reading = 'id', entity: Type = Reading): KeysetQuery {
    return queryOf(this.connected, entity, cursor, key);
  }
}
