import { describeOnDatabases } from '../../../test/support/databases.js';
import { pageRequest, ReadingsTable, rowsOf } from '../../../test/support/readings.table.js';
import { KeysetQuery } from './keyset.query.js';
import type { PageRequest } from './keyset.select.js';
import type { RowPosition } from './row-position.js';

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

describeOnDatabases(KeysetQuery.name, (kind) => {
  const table = new ReadingsTable(kind);

  describe('isIndexed', () => {
    it('knows declared indexes and the primary key', async () => {
      expect(await table.queryBy('changedAt').isIndexed()).toBe(true);
      expect(await table.queryBy('id').isIndexed()).toBe(true);
    });

    it('knows indexes that only the database has', async () => {
      expect(await table.queryBy('label').isIndexed()).toBe(false);
      await table.query('CREATE INDEX reading_label ON reading (label)');
      expect(await table.queryBy('label').isIndexed()).toBe(true);
      await table.query(
        kind.name === 'MySQL' ? 'DROP INDEX reading_label ON reading' : 'DROP INDEX reading_label',
      );
    });
  });

  describe('on a big table with a small change', () => {
    let plan: (request: PageRequest, query: KeysetQuery) => Promise<string>;
    let end: RowPosition;

    beforeEach(async () => {
      await table.query(
        `INSERT INTO reading (id, ${table.changedAt}, version) ${MANY_ROWS[kind.name]}`,
      );
      await table.query(ANALYZE[kind.name]!);
      end = (await rowsOf(table.queryBy('changedAt'), { limit: ROWS }))[ROWS - 100]!.position;
      const explain = kind.name === 'SQLite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN';
      plan = async (request, query) => {
        await query.page(request);
        return JSON.stringify(
          await table.query(
            `${explain} ${table.lastStatement.sql}`,
            table.lastStatement.parameters,
          ),
        );
      };
    });

    it('reads a page and the end of the table along the index, and sorts nothing', async () => {
      const query = table.queryBy('changedAt');
      const plans = [
        await plan(pageRequest({ after: end, reached: end }), query),
        await plan(pageRequest({ after: end, reached: end, mark: end }), query),
        await plan(pageRequest({ after: { value: end.value, key: null } }), query),
        await plan(pageRequest({ after: { value: '400', key: '5' } }), table.queryBy('version')),
      ];
      for (const text of plans) {
        expect(text).toMatch(/Index Scan using|SEARCH polled USING INDEX|"type":"range"/);
        expect(text).not.toMatch(/Seq Scan|SCAN polled|Sort|TEMP B-TREE|filesort/);
      }
    });
  });
});
