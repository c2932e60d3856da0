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
import { describeOnDatabases, type TestDatabase } from '../../../test/support/databases.js';
import { createSqlDatabase } from '../../database/database.factory.js';
import { KeysetQuery } from './keyset.query.js';
import type { KeysetRow } from './keyset.row.js';
import type { PageRequest } from './keyset.select.js';
import { PolledTable } from './polled.table.js';
import type { RowPosition, StartPosition } from './row-position.js';

const ROWS = 50_000;

/** A second apart each, a hundred of a version. */
const MANY_ROWS: Readonly<Record<string, string>> = {
  SQLite: `WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < ${ROWS})
    SELECT n, datetime('2026-01-01', '+' || n || ' seconds'), n / 100 FROM series`,
  PostgreSQL: `SELECT n, timestamp '2026-01-01' + n * interval '1 second', n / 100 FROM generate_series(1, ${ROWS}) n`,
  // As many as are needed of the pairs of 256 numbers.
  MySQL: `SELECT n, '2026-01-01' + INTERVAL n SECOND, n DIV 100 FROM (
    WITH RECURSIVE series(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM series WHERE n < 255)
    SELECT a.n * 256 + b.n + 1 AS n FROM series a CROSS JOIN series b) numbers WHERE n <= ${ROWS}`,
};

const ANALYZE: Readonly<Record<string, string>> = {
  SQLite: 'ANALYZE',
  PostgreSQL: 'ANALYZE reading',
  MySQL: 'ANALYZE TABLE reading',
};

@Entity('reading')
@Index(['changedAt', 'id'])
@Index(['version', 'id'])
class Reading {
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
class Computed {
  @PrimaryColumn('integer')
  id!: number;

  @ViewColumn()
  version!: number;
}

/** For PostgreSQL only. */
@Entity('moment')
class Moment {
  @PrimaryColumn('integer')
  id!: number;

  @Column('timestamptz')
  at!: Date;
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

describeOnDatabases(KeysetQuery.name, (kind) => {
  const log = new LastStatement();
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await kind.create();
    const silent = new Proxy(log, {
      get: (target, name) => Reflect.get(target, name) ?? (() => undefined),
    });
    dataSource = await new DataSource({
      ...(database.options as DataSourceOptions),
      entities: kind.name === 'SQLite' ? [Reading, Computed] : [Reading],
      logging: true,
      logger: silent as unknown as Logger,
    }).initialize();
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  beforeEach(() => dataSource.getRepository(Reading).clear());

  const queryBy = (
    cursor: keyof Reading,
    key: keyof Reading = 'id',
    entity: Type = Reading,
  ): KeysetQuery => {
    const table = new PolledTable(createSqlDatabase(dataSource), dataSource.getMetadata(entity));
    return new KeysetQuery(table, table.columnOf(cursor)!, [table.columnOf(key)!]);
  };

  const changedAt = (): string => dataSource.driver.escape('changedAt');

  const insert = (values: string, columns = 'id, version'): Promise<unknown> =>
    dataSource.query(`INSERT INTO reading (${columns}) VALUES ${values}`);

  const request = (changes: Partial<PageRequest> = {}): PageRequest => ({
    after: null,
    reached: null,
    mark: null,
    limit: 100,
    ...changes,
  });

  const rowsOf = async (
    query: KeysetQuery,
    changes?: Partial<PageRequest>,
  ): Promise<readonly KeysetRow[]> => (await query.page(request(changes))).rows;

  /** Reads the whole table in pages of one row. */
  const readAll = async (query: KeysetQuery): Promise<ObjectLiteral[]> => {
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
  };

  describe('page', () => {
    it('gives entities in the order of cursor and key', async () => {
      await insert('(3, 5), (1, 7), (2, 5)');
      const rows = await rowsOf(queryBy('version'));
      expect(rows.map(({ row }) => row)).toEqual([
        expect.objectContaining({ id: 2 }),
        expect.objectContaining({ id: 3 }),
        expect.objectContaining({ id: 1 }),
      ]);
      expect(rows.every(({ row }) => row instanceof Reading)).toBe(true);
      expect(rows[0]?.position).toEqual({ value: '5', key: '2' });
    });

    it('compares numbers as numbers', async () => {
      await insert('(9, 9), (10, 10), (100, 10)');
      const rows = await readAll(queryBy('version'));
      expect(rows.map((row) => row['id'])).toEqual([9, 10, 100]);
    });

    it('goes on after a row, or before all rows of a cursor value', async () => {
      await insert('(1, 5), (2, 5), (3, 6)');
      const ids = async (after: StartPosition) =>
        (await rowsOf(queryBy('version'), { after })).map(({ position }) => position.key);
      expect(await ids({ value: '5', key: '1' })).toEqual(['2', '3']);
      expect(await ids({ value: '5', key: null })).toEqual(['1', '2', '3']);
    });

    it('says whether there are more rows', async () => {
      await insert('(1, 5), (2, 5), (3, 6)');
      const pageOf = (limit: number) => queryBy('version').page(request({ limit }));
      expect(await pageOf(2)).toMatchObject({ rows: { length: 2 }, isLast: false });
      expect(await pageOf(3)).toMatchObject({ rows: { length: 3 }, isLast: true });
      expect(await pageOf(4)).toMatchObject({ rows: { length: 3 }, isLast: true });
    });

    it('tells rows up to the mark from those beyond', async () => {
      await insert('(1, 5), (2, 5), (3, 5), (4, 6)');
      const rows = await rowsOf(queryBy('version'), { mark: { value: '5', key: '2' } });
      expect(rows.map(({ isUpToMark }) => isUpToMark)).toEqual([true, true, false, false]);
      const unmarked = await rowsOf(queryBy('version'));
      expect(unmarked.some(({ isUpToMark }) => isUpToMark)).toBe(false);
    });

    it('tells rows beyond the furthest one from those before', async () => {
      await insert('(1, 9), (2, 10), (10, 10), (3, 11)');
      const rows = await rowsOf(queryBy('version'), { reached: { value: '10', key: '2' } });
      expect(rows.map(({ position, isNew }) => [position.key, isNew])).toEqual([
        ['1', false],
        ['2', false],
        ['10', true],
        ['3', true],
      ]);
    });

    it('passes rows over whose cursor is NULL', async () => {
      await insert("(1, 1, NULL), (2, 2, '2026-01-01 00:00:00')", `id, version, ${changedAt()}`);
      expect(await readAll(queryBy('changedAt'))).toEqual([expect.objectContaining({ id: 2 })]);
    });

    it('keeps the end of 64-bit integers', async () => {
      await insert('(1, 9007199254740993), (2, 9007199254740992), (3, 9223372036854775807)');
      const rows = await readAll(queryBy('version'));
      expect(rows.map((row) => row['id'])).toEqual([2, 1, 3]);
    });

    it('keeps all digits of floating-point numbers', async () => {
      await insert(
        '(1, 1, 0.30000000000000004), (2, 2, 0.3), (3, 3, 1e300), (4, 4, -0.1)',
        'id, version, weight',
      );
      const rows = await readAll(queryBy('weight'));
      expect(rows.map((row) => row['id'])).toEqual([4, 2, 1, 3]);
    });

    it('reads along texts', async () => {
      await insert("(1, 1, 'b'), (2, 2, 'a''x'), (3, 3, 'a')", 'id, version, label');
      const rows = await readAll(queryBy('label', 'label'));
      expect(rows.map((row) => row['id'])).toEqual([3, 2, 1]);
    });

    if (kind.name === 'PostgreSQL') {
      it('keeps microseconds, and ends at infinity', async () => {
        await insert(
          `(1, 1, '2026-01-01 00:00:00.000002'), (2, 2, '2026-01-01 00:00:00.000001'),
           (3, 3, 'infinity'), (4, 4, '-infinity'), (5, 5, '2026-01-01 00:00:00.0009999')`,
          `id, version, ${changedAt()}`,
        );
        const rows = await readAll(queryBy('changedAt'));
        expect(rows.map((row) => row['id'])).toEqual([2, 1, 5]);
      });

      it('gives an instant one text in every session', async () => {
        const texts: (string | undefined)[] = [];
        for (const timeZone of ['UTC', 'Asia/Kolkata']) {
          const options = database.options as DataSourceOptions & { extra: { options: string } };
          const session = await new DataSource({
            ...options,
            extra: {
              options: `${options.extra.options} -c timezone=${timeZone} -c datestyle=German`,
            },
            entities: [Moment],
          } as DataSourceOptions).initialize();
          await session.query(
            `INSERT INTO moment VALUES (1, '2026-01-01 00:00:00.5+00') ON CONFLICT DO NOTHING`,
          );
          const table = new PolledTable(createSqlDatabase(session), session.getMetadata(Moment));
          const query = new KeysetQuery(table, table.columnOf('at')!, [table.columnOf('id')!]);
          texts.push((await query.last())?.value);
          const rowsAfter = (key: string) => rowsOf(query, { after: { value: texts[0]!, key } });
          expect(await rowsAfter('0')).toHaveLength(1);
          expect(await rowsAfter('1')).toHaveLength(0);
          await session.destroy();
        }
        expect(texts).toEqual(['2026-01-01T00:00:00.500000Z', '2026-01-01T00:00:00.500000Z']);
      });
    } else {
      it('reads along dates of one second, and dates with milliseconds', async () => {
        await insert(
          `(1, 1, '2026-01-01 00:00:01'), (2, 2, '2026-01-01 00:00:00.999'), (3, 3, '2026-01-01 00:00:01'),
           (4, 4, '2026-01-01 00:00:01.001')`,
          `id, version, ${changedAt()}`,
        );
        const rows = await readAll(queryBy('changedAt'));
        expect(rows.map((row) => row['id'])).toEqual([2, 1, 3, 4]);
      });
    }
  });

  if (kind.name === 'SQLite') {
    describe('F-20 where one column takes numbers and texts', () => {
      const insertTimes = (...times: (string | number)[]): Promise<unknown> =>
        insert(
          times.map((time, index) => `(${index}, ${index}, ${time})`).join(', '),
          `id, version, ${changedAt()}`,
        );

      it('reads along numbers in a column of dates, and takes none for one of the future', async () => {
        await insertTimes(1767225600000, 2461041.5, 999, 1767225600000.25, 1767225600000);
        const query = queryBy('changedAt');
        expect((await readAll(query)).map((row) => row['id'])).toEqual([2, 1, 0, 4, 3]);
        expect(await query.future(9)).toEqual([]);
        expect(await query.examine()).toEqual({ isMixed: false });
      });

      it('orders and pages numbers before texts, and knows that they are mixed', async () => {
        await insertTimes("'2026-01-01 00:00:00'", 1767225600000, "'2025-01-01T00:00:00Z'", 10.5);
        const query = queryBy('changedAt');
        expect((await readAll(query)).map((row) => row['id'])).toEqual([3, 1, 2, 0]);
        expect(await query.examine()).toEqual({ isMixed: true });
      });

      it.each([
        ['nothing', []],
        ['only NULL', ['NULL']],
        ['texts', ["'2026-01-01 00:00:00'", "'a'", 'NULL']],
        ['integers and reals', [1, 1.5, 'NULL']],
      ])('does not take %s for mixed', async (_, times) => {
        if (times.length > 0) await insertTimes(...times);
        expect(await queryBy('changedAt').examine()).toEqual({ isMixed: false });
      });

      it('reads along numbers of a view, whose columns have no type', async () => {
        await insert('(1, 9), (2, 10), (10, 10), (3, 100)');
        const query = queryBy('version', 'id', Computed);
        expect((await readAll(query)).map((row) => row['id'])).toEqual([1, 2, 10, 3]);
        expect(await query.tied('10', 9)).toHaveLength(2);
      });
    });
  }

  describe('last', () => {
    it('is the last row in the order of cursor and key', async () => {
      expect(await queryBy('version').last()).toBeNull();
      await insert('(3, 5), (1, 7), (2, 7)');
      expect(await queryBy('version').last()).toEqual({ value: '7', key: '2' });
    });
  });

  describe('tied', () => {
    it('gives the rows that share a cursor value', async () => {
      await insert('(3, 5), (1, 7), (2, 7)');
      const rows = await queryBy('version').tied('7', 10);
      expect(rows.map(({ position }) => position.key)).toEqual(['1', '2']);
    });
  });

  describe('isIndexed', () => {
    it('knows declared indexes and the primary key', async () => {
      expect(await queryBy('changedAt').isIndexed()).toBe(true);
      expect(await queryBy('id').isIndexed()).toBe(true);
    });

    it('knows indexes that only the database has', async () => {
      expect(await queryBy('label').isIndexed()).toBe(false);
      await dataSource.query('CREATE INDEX reading_label ON reading (label)');
      expect(await queryBy('label').isIndexed()).toBe(true);
      await dataSource.query(
        kind.name === 'MySQL' ? 'DROP INDEX reading_label ON reading' : 'DROP INDEX reading_label',
      );
    });
  });

  describe('on a big table with a small change', () => {
    let plan: (pageRequest: PageRequest, query: KeysetQuery) => Promise<string>;
    let end: RowPosition;

    beforeEach(async () => {
      await dataSource.query(
        `INSERT INTO reading (id, ${changedAt()}, version) ${MANY_ROWS[kind.name]}`,
      );
      await dataSource.query(ANALYZE[kind.name]!);
      end = (await rowsOf(queryBy('changedAt'), { limit: ROWS }))[ROWS - 100]!.position;
      const explain = kind.name === 'SQLite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN';
      plan = async (pageRequest, query) => {
        await query.page(pageRequest);
        return JSON.stringify(await dataSource.query(`${explain} ${log.sql}`, log.parameters));
      };
    });

    it('reads a page and the end of the table along the index, and sorts nothing', async () => {
      const query = queryBy('changedAt');
      const plans = [
        await plan(request({ after: end, reached: end }), query),
        await plan(request({ after: end, reached: end, mark: end }), query),
        await plan(request({ after: { value: end.value, key: null } }), query),
        await plan(request({ after: { value: '400', key: '5' } }), queryBy('version')),
      ];
      for (const text of plans) {
        expect(text).toMatch(/Index Scan using|SEARCH polled USING INDEX|"type":"range"/);
        expect(text).not.toMatch(/Seq Scan|SCAN polled|Sort|TEMP B-TREE|filesort/);
      }
    });
  });
});
