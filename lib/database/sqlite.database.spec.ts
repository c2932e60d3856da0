import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource, type EntityManager } from 'typeorm';
import { SqliteDatabase } from './sqlite.database.js';

describe(SqliteDatabase.name, () => {
  let dataSource: DataSource;
  let database: SqliteDatabase;

  beforeEach(async () => {
    dataSource = new DataSource({ type: 'better-sqlite3', database: ':memory:' });
    await dataSource.initialize();
    await dataSource.query('CREATE TABLE item (id INTEGER PRIMARY KEY)');
    database = new SqliteDatabase(dataSource);
  });

  afterEach(() => dataSource.destroy());

  const insert = (manager: EntityManager, id: number, orElse = 'ABORT'): Promise<unknown> =>
    manager.query(`INSERT OR ${orElse} INTO item VALUES (?)`, [id]);
  const ids = async (): Promise<unknown[]> =>
    ((await dataSource.query('SELECT id FROM item ORDER BY id')) as { id: number }[]).map(
      ({ id }) => id,
    );

  describe('transaction', () => {
    it('waits once, and not once for each, where another process holds the lock', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'hookline-'));
      const open = (): Promise<DataSource> =>
        new DataSource({
          type: 'better-sqlite3',
          database: join(folder, 'test.db'),
          enableWAL: true,
          timeout: 500,
        }).initialize();
      const [here, other] = [await open(), await open()];
      try {
        await here.query('CREATE TABLE item (id INTEGER PRIMARY KEY)');
        const shared = new SqliteDatabase(here);
        const add = (id: number): Promise<void> =>
          shared.transaction(function* () {
            yield { sql: 'INSERT INTO item VALUES (?)', parameters: [id] };
          });
        await other.query('BEGIN IMMEDIATE');
        const began = performance.now();
        const results = await Promise.allSettled(Array.from({ length: 20 }, (_, id) => add(id)));
        expect(performance.now() - began).toBeLessThan(5_000);
        expect(results.map(({ status }) => status)).toEqual(results.map(() => 'rejected'));
        await other.query('ROLLBACK');
        await add(1);
      } finally {
        await Promise.all([here.destroy(), other.destroy()]);
        rmSync(folder, { recursive: true, force: true });
      }
    });
  });

  describe('managed', () => {
    it('works again after SQLite has rolled back by itself, as it does on a full disk', async () => {
      await database.managed((manager) => insert(manager, 1));
      const rolledBack = (): Promise<unknown> =>
        database.managed((manager) => insert(manager, 1, 'ROLLBACK'));
      await expect(rolledBack()).rejects.toThrow('UNIQUE');
      // Where the first is still counted, this one is a savepoint that nothing ever ends.
      await expect(database.managed((manager) => insert(manager, 1))).rejects.toThrow('UNIQUE');

      await database.managed((manager) => insert(manager, 2));
      await database.transaction(function* () {
        yield { sql: 'INSERT INTO item VALUES (?)', parameters: [3] };
      });
      expect(await ids()).toEqual([1, 2, 3]);
    });

    it('gives a manager that cannot write into the transaction that comes next', async () => {
      const kept = await database.managed((manager) => Promise.resolve({ manager }));
      await database.managed(async (manager) => {
        await insert(manager, 1);
        await expect(insert(kept.manager, 2)).rejects.toThrow('released');
      });
      expect(await ids()).toEqual([1]);
    });
  });
});
