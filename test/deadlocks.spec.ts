import { DataSource, type DataSourceOptions, type EntityManager } from 'typeorm';
import { Discard } from '../lib/retry/discard.js';
import { Account, add, ConflictApp } from './support/conflict.app.js';
import {
  describeOnDatabases,
  SERVERS,
  withPostgresSetting,
  type DatabaseKind,
} from './support/databases.js';
import { SharedDatabase } from './support/shared.database.js';
import { Signal } from './support/signal.js';

describeOnDatabases('Two transactions that wait for each other', onServer, SERVERS);

function onServer(kind: DatabaseKind): void {
  const database = new SharedDatabase(kind, [Account]);
  describe('and one is that of a handler', () => {
    deadlocks(kind, database);
  });
}

function deadlocks(kind: DatabaseKind, database: SharedDatabase): void {
  const app = new ConflictApp({
    get options() {
      // The handler's is given up as soon as it waits: the other one waits already.
      return withPostgresSetting(database.options, 'deadlock_timeout=10ms');
    },
  });
  let elsewhere: DataSource;
  /** Told when the other transaction has committed. */
  let ended: Signal<true>;

  beforeAll(async () => {
    elsewhere = await new DataSource({
      ...database.options,
      entities: [Account],
    } as DataSourceOptions).initialize();
  });

  afterAll(() => elsewhere.destroy());

  beforeEach(() => {
    ended = new Signal();
  });

  /**
   * Closes a circle by the handler's statements, which make its transaction the one that is given up. On
   * PostgreSQL, that is the one which finds the circle, by looking for it after a time; on MySQL, the one
   * which has written less, whichever waits first.
   */
  const deadlock = async (
    manager: EntityManager,
    {
      statements = [],
      isAwaited = true,
    }: { statements?: (() => Promise<unknown>)[]; isAwaited?: boolean } = {},
  ): Promise<PromiseSettledResult<unknown>[]> => {
    const other = elsewhere.createQueryRunner();
    await other.startTransaction();
    if (kind.name === 'PostgreSQL') await other.query("SET LOCAL deadlock_timeout = '1min'");
    const many = Array.from({ length: 100 }, (_, index) => ({ id: 100 + index, cents: 0 }));
    await other.manager.insert(Account, many);
    await add(other.manager, 2, 10);
    await add(manager, 1, 1);
    const there = add(other.manager, 1, 10);
    if (kind.name === 'PostgreSQL') await waiting(elsewhere);
    const sent = Promise.allSettled([
      add(manager, 2, 1),
      ...statements.map((statement) => statement()),
    ]);
    const here = isAwaited ? await sent : [];
    // Whoever is given up lets go of its locks on PostgreSQL when it rolls back.
    void there
      .then(() => other.commitTransaction())
      .then(
        () => other.release(),
        () => other.release(),
      )
      .then(() => ended.push(true));
    return here;
  };

  /** What the handler does once the other transaction has its locks no longer. */
  const pay = async (manager: EntityManager): Promise<void> => {
    await ended.next();
    await add(manager, 1, 1);
    await add(manager, 2, 1);
  };

  const expectPaidOnce = async (): Promise<void> => {
    expect((await app.accounts()).slice(0, 2)).toEqual([
      { id: 1, cents: 11 },
      { id: 2, cents: 11 },
    ]);
    expect(app.complaints()).toEqual([]);
  };

  it('F-5 are no failure of the handler', async () => {
    app.handlers.work = async (manager, run) => {
      if (run === 1) {
        const [failed] = await deadlock(manager);
        throw (failed as PromiseRejectedResult).reason;
      }
      await pay(manager);
    };
    expect(await app.handle()).toMatchObject({ state: 'completed', attempt: 1 });
    expect(app.handlers.tries).toBe(2);
    await expectPaidOnce();
  });

  it('F-5 are no failure where the handler hides the error, and nothing that it goes on with is committed', async () => {
    app.handlers.work = async (manager, run) => {
      if (run > 1) {
        await pay(manager);
        return;
      }
      await deadlock(manager);
      // In MySQL nothing is left of the transaction: these would commit, each by itself.
      await add(manager, 1, 1_000).catch(() => undefined);
      await add(manager, 2, 1_000).catch(() => undefined);
    };
    expect(await app.handle()).toMatchObject({ state: 'completed', attempt: 1 });
    expect(app.handlers.tries).toBe(2);
    await expectPaidOnce();
  });

  it('F-5 are no failure where a filter or the handler makes a verdict of them', async () => {
    app.handlers.work = async (manager, run) => {
      if (run === 1) {
        await deadlock(manager);
        return new Discard('the database said no');
      }
      await pay(manager);
      return undefined;
    };
    expect(await app.handle()).toMatchObject({ state: 'completed', attempt: 1 });
    await expectPaidOnce();
  });

  it('F-5 commit nothing that was sent at the same time as what failed', async () => {
    app.handlers.work = async (manager, run) => {
      if (run > 1) {
        await pay(manager);
        return;
      }
      await deadlock(manager, {
        statements: [() => add(manager, 1, 1_000), () => add(manager, 1, 1_000)],
      });
    };
    expect(await app.handle()).toMatchObject({ state: 'completed', attempt: 1 });
    await expectPaidOnce();
  });

  it('F-1 F-5 complete no attempt whose handler did not await what failed', async () => {
    app.handlers.work = async (manager, run) => {
      if (run === 1) {
        await deadlock(manager, { isAwaited: false });
        return;
      }
      await pay(manager);
    };
    expect(await app.handle()).toMatchObject({ state: 'completed', attempt: 1 });
    expect(app.handlers.tries).toBe(2);
    await expectPaidOnce();
  });
}

/** Resolves when a transaction of PostgreSQL waits for a lock. */
async function waiting(dataSource: DataSource): Promise<void> {
  const sql =
    "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%conflict_account%'";
  while (((await dataSource.query(sql)) as unknown[]).length === 0);
}
