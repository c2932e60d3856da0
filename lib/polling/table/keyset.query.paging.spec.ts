import { describeOnDatabases } from '../../../test/support/databases.js';
import {
  pageRequest,
  readAll,
  Reading,
  ReadingsTable,
  rowsOf,
} from '../../../test/support/readings.table.js';
import { KeysetQuery } from './keyset.query.js';
import type { StartPosition } from './row-position.js';

describeOnDatabases(KeysetQuery.name, (kind) => {
  const table = new ReadingsTable(kind);

  describe('page', () => {
    it('gives entities in the order of cursor and key', async () => {
      await table.insert('(3, 5), (1, 7), (2, 5)');
      const rows = await rowsOf(table.queryBy('version'));
      expect(rows.map(({ row }) => row)).toEqual([
        expect.objectContaining({ id: 2 }),
        expect.objectContaining({ id: 3 }),
        expect.objectContaining({ id: 1 }),
      ]);
      expect(rows.every(({ row }) => row instanceof Reading)).toBe(true);
      expect(rows[0]?.position).toEqual({ value: '5', key: '2' });
    });

    it('compares numbers as numbers', async () => {
      await table.insert('(9, 9), (10, 10), (100, 10)');
      const rows = await readAll(table.queryBy('version'));
      expect(rows.map((row) => row['id'])).toEqual([9, 10, 100]);
    });

    it('goes on after a row, or before all rows of a cursor value', async () => {
      await table.insert('(1, 5), (2, 5), (3, 6)');
      const ids = async (after: StartPosition) =>
        (await rowsOf(table.queryBy('version'), { after })).map(({ position }) => position.key);
      expect(await ids({ value: '5', key: '1' })).toEqual(['2', '3']);
      expect(await ids({ value: '5', key: null })).toEqual(['1', '2', '3']);
    });

    it('says whether there are more rows', async () => {
      await table.insert('(1, 5), (2, 5), (3, 6)');
      const pageOf = (limit: number) => table.queryBy('version').page(pageRequest({ limit }));
      expect(await pageOf(2)).toMatchObject({ rows: { length: 2 }, isLast: false });
      expect(await pageOf(3)).toMatchObject({ rows: { length: 3 }, isLast: true });
      expect(await pageOf(4)).toMatchObject({ rows: { length: 3 }, isLast: true });
    });

    it('tells rows up to the mark from those beyond', async () => {
      await table.insert('(1, 5), (2, 5), (3, 5), (4, 6)');
      const rows = await rowsOf(table.queryBy('version'), { mark: { value: '5', key: '2' } });
      expect(rows.map(({ isUpToMark }) => isUpToMark)).toEqual([true, true, false, false]);
      const unmarked = await rowsOf(table.queryBy('version'));
      expect(unmarked.some(({ isUpToMark }) => isUpToMark)).toBe(false);
    });

    it('tells rows beyond the furthest one from those before', async () => {
      await table.insert('(1, 9), (2, 10), (10, 10), (3, 11)');
      const rows = await rowsOf(table.queryBy('version'), { reached: { value: '10', key: '2' } });
      expect(rows.map(({ position, isNew }) => [position.key, isNew])).toEqual([
        ['1', false],
        ['2', false],
        ['10', true],
        ['3', true],
      ]);
    });
  });

  describe('last', () => {
    it('is the last row in the order of cursor and key', async () => {
      expect(await table.queryBy('version').last()).toBeNull();
      await table.insert('(3, 5), (1, 7), (2, 7)');
      expect(await table.queryBy('version').last()).toEqual({ value: '7', key: '2' });
    });
  });

  describe('tied', () => {
    it('gives the rows that share a cursor value', async () => {
      await table.insert('(3, 5), (1, 7), (2, 7)');
      const rows = await table.queryBy('version').tied('7', 10);
      expect(rows.map(({ position }) => position.key)).toEqual(['1', '2']);
    });
  });
});
