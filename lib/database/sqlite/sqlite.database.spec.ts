import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import {
  DataSource,
  Entity,
  PrimaryColumn,
  type EntityManager,
  ViewColumn,
  ViewEntity,
} from 'typeorm';
import { SqliteDatabase } from './sqlite.database.js';
import { DATABASE_OPTIONS } from '../database.options.js';

describe(SqliteDatabase.name, () => {
  let dataSource: DataSource;
  let database: SqliteDatabase;

  beforeEach(async () => {
    dataSource = new DataSource({ type: 'better-sqlite3', database: ':memory:' });
    await dataSource.initialize();
    await dataSource.query('CREATE TABLE item (id INTEGER PRIMARY KEY)');
    database = new SqliteDatabase(dataSource, DATABASE_OPTIONS.defaults);
  });

  afterEach(() => dataSource.destroy());

  const insert = (manager: EntityManager, id: number, orElse = 'ABORT'): Promise<unknown> =>
    manager.query(`INSERT OR ${orElse} INTO item VALUES (?)`, [id]);
  const ids = async (): Promise<unknown[]> =>
    ((await dataSource.query('SELECT id FROM item ORDER BY id')) as { id: number }[]).map(
      ({ id }) => id,
    );

  describe('transaction', () => {
    it('F-6 gives each up after its time if another process holds the lock, without blocking the event loop', async () => {
      await withLock(async ({ shared, other, turns }) => {
        await other.query('BEGIN IMMEDIATE');
        const before = turns();
        const results = await Promise.allSettled(
          Array.from({ length: 20 }, (_, id) => add(shared, id)),
        );
        expect(results.map(({ status }) => status)).toEqual(results.map(() => 'rejected'));
        expect(turns() - before).toBeGreaterThan(50);
        await other.query('ROLLBACK');
        await add(shared, 1);
      });
    });

    it('F-6 continues as soon as another process releases the lock', async () => {
      await withLock(async ({ shared, other, turns }) => {
        await other.query('BEGIN IMMEDIATE');
        const added = add(shared, 1);
        const before = turns();
        while (turns() - before < 50) await turn();
        await other.query('ROLLBACK');
        await added;
        expect(await other.query('SELECT id FROM item')).toEqual([{ id: 1 }]);
      });
    });

    it('F-6 keeps the waiting time of the host', async () => {
      await withLock(async ({ shared }) => {
        await add(shared, 1);
        const [row] = (await shared.dataSource.query('PRAGMA busy_timeout')) as object[];
        expect(row).toEqual({ timeout: 5_000 });
      });
    });
  });

  describe('managed', () => {
    it('F-6 waits for the lock of another process without blocking the event loop', async () => {
      await withLock(async ({ shared, other, turns }) => {
        await other.query('BEGIN IMMEDIATE');
        const inserted = shared.managed((manager) => manager.getRepository(Item).insert({ id: 7 }));
        const before = turns();
        while (turns() - before < 50) await turn();
        await other.query('ROLLBACK');
        await inserted;
        expect(await other.query('SELECT id FROM item')).toEqual([{ id: 7 }]);
      });
    });

    it('F-6 fails in time if another process does not release the lock', async () => {
      await withLock(async ({ shared, other, turns }) => {
        await other.query('BEGIN IMMEDIATE');
        const before = turns();
        const inserted = shared.managed((manager) => insert(manager, 7));
        // Not toThrow: TypeORM 0.3 passes the driver's error on, which may be of another sandbox.
        await expect(inserted).rejects.toMatchObject({
          message: expect.stringContaining('locked') as unknown,
        });
        expect(turns() - before).toBeGreaterThan(50);
        await other.query('ROLLBACK');
        await shared.managed((manager) => insert(manager, 8));
        expect(await other.query('SELECT id FROM item')).toEqual([{ id: 8 }]);
      });
    });

    it('works again after SQLite has rolled back by itself, as it does on a full disk', async () => {
      await database.managed((manager) => insert(manager, 1));
      const rolledBack = (): Promise<unknown> =>
        database.managed((manager) => insert(manager, 1, 'ROLLBACK'));
      await expect(rolledBack()).rejects.toThrow('UNIQUE');
      // If the first were still counted, this one would be a savepoint that never ends.
      await expect(database.managed((manager) => insert(manager, 1))).rejects.toThrow('UNIQUE');

      await database.managed((manager) => insert(manager, 2));
      await database.transaction(function* () {
        yield { sql: 'INSERT INTO item VALUES (?)', parameters: [3] };
      });
      expect(await ids()).toEqual([1, 2, 3]);
    });

    it('gives a manager that cannot write into the next transaction', async () => {
      const kept = await database.managed((manager) => Promise.resolve({ manager }));
      await database.managed(async (manager) => {
        await insert(manager, 1);
        await expect(insert(kept.manager, 2)).rejects.toThrow('released');
      });
      expect(await ids()).toEqual([1]);
    });
  });
});

/**
 * A view, which is not writable. Its class comes before that of the table, so it is first in the data source.
 */
@ViewEntity({ name: 'first', expression: 'SELECT 1 AS one' })
class First {
  @ViewColumn() one!: number;
}

@Entity({ name: 'item' })
class Item {
  @PrimaryColumn('integer') id!: number;
}

interface Locked {
  readonly shared: SqliteDatabase;
  /** The connection of another process to the same file. */
  readonly other: DataSource;
  /** How many turns the event loop has made. */
  turns(): number;
}

/** Two connections to one file, with the driver's default waiting time. */
async function withLock(test: (locked: Locked) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hookline-'));
  const open = (): Promise<DataSource> =>
    new DataSource({
      type: 'better-sqlite3',
      database: join(folder, 'test.db'),
      enableWAL: true,
      entities: [First, Item],
    }).initialize();
  const [here, other] = [await open(), await open()];
  let turns = 0;
  const counting = setInterval(() => turns++, 1);
  try {
    await here.query('CREATE TABLE item (id INTEGER PRIMARY KEY)');
    const options = { ...DATABASE_OPTIONS.defaults, statementTimeoutMs: 1_000 };
    await test({ shared: new SqliteDatabase(here, options), other, turns: () => turns });
  } finally {
    clearInterval(counting);
    await Promise.all([here.destroy(), other.destroy()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

function add(database: SqliteDatabase, id: number): Promise<void> {
  return database.transaction(function* () {
    yield { sql: 'INSERT INTO item VALUES (?)', parameters: [id] };
  });
}
