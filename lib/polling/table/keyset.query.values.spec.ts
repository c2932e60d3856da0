import { Column, DataSource, Entity, PrimaryColumn, type DataSourceOptions } from 'typeorm';
import { describeOnDatabases } from '../../../test/support/databases.js';
import {
  Computed,
  queryOf,
  readAll,
  ReadingsTable,
  rowsOf,
} from '../../../test/support/readings.table.js';
import { KeysetQuery } from './keyset.query.js';

/** For PostgreSQL only. */
@Entity('moment')
class Moment {
  @PrimaryColumn('integer')
  id!: number;

  @Column('timestamptz')
  at!: Date;
}

describeOnDatabases(KeysetQuery.name, (kind) => {
  const table = new ReadingsTable(kind);

  describe('the values of a cursor', () => {
    it('passes rows over whose cursor is NULL', async () => {
      await table.insert(
        "(1, 1, NULL), (2, 2, '2026-01-01 00:00:00')",
        `id, version, ${table.changedAt}`,
      );
      expect(await readAll(table.queryBy('changedAt'))).toEqual([
        expect.objectContaining({ id: 2 }),
      ]);
    });

    it('keeps the end of 64-bit integers', async () => {
      await table.insert('(1, 9007199254740993), (2, 9007199254740992), (3, 9223372036854775807)');
      const rows = await readAll(table.queryBy('version'));
      expect(rows.map((row) => row['id'])).toEqual([2, 1, 3]);
    });

    it('keeps all digits of floating-point numbers', async () => {
      await table.insert(
        '(1, 1, 0.30000000000000004), (2, 2, 0.3), (3, 3, 1e300), (4, 4, -0.1)',
        'id, version, weight',
      );
      const rows = await readAll(table.queryBy('weight'));
      expect(rows.map((row) => row['id'])).toEqual([4, 2, 1, 3]);
    });

    it('reads along texts', async () => {
      await table.insert("(1, 1, 'b'), (2, 2, 'a''x'), (3, 3, 'a')", 'id, version, label');
      const rows = await readAll(table.queryBy('label', 'label'));
      expect(rows.map((row) => row['id'])).toEqual([3, 2, 1]);
    });

    if (kind.name === 'PostgreSQL') {
      it('keeps microseconds, and ends at infinity', async () => {
        await table.insert(
          `(1, 1, '2026-01-01 00:00:00.000002'), (2, 2, '2026-01-01 00:00:00.000001'),
           (3, 3, 'infinity'), (4, 4, '-infinity'), (5, 5, '2026-01-01 00:00:00.0009999')`,
          `id, version, ${table.changedAt}`,
        );
        const rows = await readAll(table.queryBy('changedAt'));
        expect(rows.map((row) => row['id'])).toEqual([2, 1, 5]);
      });

      it('gives an instant one text in every session', async () => {
        const texts: (string | undefined)[] = [];
        for (const timeZone of ['UTC', 'Asia/Kolkata']) {
          const options = table.options as DataSourceOptions & { extra: { options: string } };
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
          const query = queryOf(session, Moment, 'at', 'id');
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
        await table.insert(
          `(1, 1, '2026-01-01 00:00:01'), (2, 2, '2026-01-01 00:00:00.999'), (3, 3, '2026-01-01 00:00:01'),
           (4, 4, '2026-01-01 00:00:01.001')`,
          `id, version, ${table.changedAt}`,
        );
        const rows = await readAll(table.queryBy('changedAt'));
        expect(rows.map((row) => row['id'])).toEqual([2, 1, 3, 4]);
      });
    }
  });

  if (kind.name === 'SQLite') {
    describe('F-20 where one column takes numbers and texts', () => {
      const insertTimes = (...times: (string | number)[]): Promise<unknown> =>
        table.insert(
          times.map((time, index) => `(${index}, ${index}, ${time})`).join(', '),
          `id, version, ${table.changedAt}`,
        );

      it('reads along numbers in a column of dates, and takes none for one of the future', async () => {
        await insertTimes(1767225600000, 2461041.5, 999, 1767225600000.25, 1767225600000);
        const query = table.queryBy('changedAt');
        expect((await readAll(query)).map((row) => row['id'])).toEqual([2, 1, 0, 4, 3]);
        expect(await query.future(9)).toEqual([]);
        expect(await query.examine()).toEqual({ isMixed: false });
      });

      it('orders and pages numbers before texts, and knows that they are mixed', async () => {
        await insertTimes("'2026-01-01 00:00:00'", 1767225600000, "'2025-01-01T00:00:00Z'", 10.5);
        const query = table.queryBy('changedAt');
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
        expect(await table.queryBy('changedAt').examine()).toEqual({ isMixed: false });
      });

      it('reads along numbers of a view, whose columns have no type', async () => {
        await table.insert('(1, 9), (2, 10), (10, 10), (3, 100)');
        const query = table.queryBy('version', 'id', Computed);
        expect((await readAll(query)).map((row) => row['id'])).toEqual([1, 2, 10, 3]);
        expect(await query.tied('10', 9)).toHaveLength(2);
      });
    });
  }
});
