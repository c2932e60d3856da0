import { Injectable } from '@nestjs/common';
import Database from 'better-sqlite3';
import { Column, DataSource, Entity, PrimaryColumn, type EntityManager } from 'typeorm';
import type { DataSourceOptions } from 'typeorm';
import type { TransactionalHandlerContext } from '../lib/dispatch/handler-context.js';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import { QueueService } from '../lib/queue/queue.service.js';
import { Discard } from '../lib/retry/discard.js';
import { Rule } from '../lib/rules/rule.decorator.js';
import type { JobView } from '../lib/queue/job.view.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import { startApp, type TestApp } from './support/application.js';
import {
  DATABASES,
  describeOnDatabases,
  SERVERS,
  type DatabaseKind,
  type TestDatabase,
} from './support/databases.js';
import { Signal } from './support/signal.js';

@Entity({ name: 'conflict_account' })
class Account {
  @PrimaryColumn('integer') id!: number;
  @Column('integer') cents!: number;
}

/** Works on accounts; the test says what happens in between. */
@Injectable()
class Handlers {
  /** How often each job was tried, whether that counted or not. */
  tries = 0;
  attempts: number[] = [];
  work: (manager: EntityManager, run: number) => Promise<unknown> = () => Promise.resolve();

  @OnWebhook('paid', { transactional: true })
  paid(_event: unknown, { manager, attempt }: TransactionalHandlerContext): Promise<unknown> {
    this.attempts.push(attempt);
    return this.work(manager, ++this.tries);
  }

  @Rule({ name: 'judge', on: 'judged', subject: () => 'one', when: () => true })
  async judged(): Promise<void> {
    await this.work(undefined as never, ++this.tries);
  }
}

/** What the driver of each database throws for a transaction that others were in the way of. */
const CONFLICTS: Readonly<Record<string, readonly object[]>> = {
  SQLite: [{ code: 'SQLITE_BUSY_SNAPSHOT' }],
  PostgreSQL: [{ code: '40001' }, { code: '40P01' }],
  MySQL: [{ errno: 1213 }, { errno: 1205 }],
};

interface Host {
  readonly app: TestApp;
  readonly handlers: Handlers;
}

async function start(database: TestDatabase): Promise<Host> {
  const facts = { id: { path: 'id' }, type: { path: 'type' } } as const;
  const app = await startApp({
    database,
    entities: [Account],
    options: { sources: { game: unsigned(facts) } },
    host: { providers: [Handlers] },
  });
  await app
    .dataSource()
    .getRepository(Account)
    .insert([1, 2].map((id) => ({ id, cents: 0 })));
  return { app, handlers: app.app.get(Handlers) };
}

let count = 0;
async function handle({ app }: Host, type = 'paid'): Promise<JobView> {
  const body = JSON.stringify({ id: `event-${++count}`, type });
  const answer = await app.post('/webhooks/game', body, { 'content-type': 'application/json' });
  expect(answer.status).toBe(200);
  await app.drain();
  const [job] = (await app.app.get(QueueService).list({}, { limit: 1 })).items;
  return job!;
}

const accounts = ({ app }: Host): Promise<Account[]> =>
  app
    .dataSource()
    .getRepository(Account)
    .find({ order: { id: 'ASC' } });

const add = (manager: EntityManager, id: number, cents: number): Promise<unknown> =>
  manager.increment(Account, { id }, 'cents', cents);

describeOnDatabases('A conflict with another transaction', (kind) => {
  let database: TestDatabase;
  let host: Host;

  beforeEach(async () => {
    database = await kind.create();
    host = await start(database);
    host.app.logger.clear();
  });

  afterEach(async () => {
    await host.app.close();
    await database.drop();
  });

  const expectQuiet = (): void =>
    expect([...host.app.logger.of('warn'), ...host.app.logger.of('error')]).toEqual([]);

  describe.each(CONFLICTS[kind.name]!.map((thrown) => [JSON.stringify(thrown), thrown] as const))(
    '(%s)',
    (_, thrown) => {
      const conflict = (): Error => Object.assign(new Error('another one was in the way'), thrown);

      it('F-5 is tried again at once, in the same attempt and without a word', async () => {
        host.handlers.work = async (manager, run) => {
          await add(manager, 1, 1);
          if (run < 3) throw conflict();
        };
        expect(await handle(host)).toMatchObject({
          state: 'completed',
          attempt: 1,
          lastError: null,
        });
        expect(host.handlers.attempts).toEqual([1, 1, 1]);
        expect((await accounts(host))[0]).toEqual({ id: 1, cents: 1 });
        expectQuiet();
      });

      it('F-5 is known when it is wrapped', async () => {
        host.handlers.work = async (_manager, run) => {
          if (run === 1) throw new Error('could not pay', { cause: { driverError: conflict() } });
        };
        expect(await handle(host)).toMatchObject({ state: 'completed', attempt: 1 });
        expectQuiet();
      });

      it('F-5 of a rule is tried again at once, too', async () => {
        host.handlers.work = async (_manager, run) => {
          if (run < 3) throw conflict();
        };
        expect(await handle(host, 'judged')).toMatchObject({ state: 'completed', attempt: 1 });
        expect(host.handlers.tries).toBe(3);
        expectQuiet();
      });

      it('F-5 counts as a failure when it does not end', async () => {
        host.handlers.work = () => Promise.reject(conflict());
        expect(await handle(host)).toMatchObject({
          state: 'retryable',
          attempt: 1,
          lastError: expect.stringContaining('another one was in the way') as string,
        });
        expect(host.handlers.tries).toBe(5);
      });
    },
  );

  it('F-5 is not what other errors are: they count at once', async () => {
    host.handlers.work = () => Promise.reject(new Error('no such player'));
    expect(await handle(host)).toMatchObject({ state: 'retryable', attempt: 1 });
    expect(host.handlers.tries).toBe(1);
  });
});

describeOnDatabases('Two transactions that wait for each other', deadlocks, SERVERS);

function deadlocks(kind: DatabaseKind): void {
  let database: TestDatabase;
  let host: Host;
  let elsewhere: DataSource;
  /** Told when the other transaction has committed. */
  let ended: Signal<true>;

  beforeEach(async () => {
    database = await kind.create();
    ended = new Signal();
    host = await start(database);
    elsewhere = await new DataSource({
      ...database.options,
      entities: [Account],
      synchronize: false,
    } as DataSourceOptions).initialize();
    host.app.logger.clear();
  });

  afterEach(async () => {
    await elsewhere.destroy();
    await host.app.close();
    await database.drop();
  });

  /**
   * Closes a circle by the handler's statements, which make its transaction the one that is given up. On
   * PostgreSQL, that is the one which finds the circle, by looking for it after a time; on MySQL, the one
   * which has written less.
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
    await waiting(elsewhere, kind.name);
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

  const expectPaidOnce = async (): Promise<void> => {
    expect((await accounts(host)).slice(0, 2)).toEqual([
      { id: 1, cents: 11 },
      { id: 2, cents: 11 },
    ]);
    expect([...host.app.logger.of('warn'), ...host.app.logger.of('error')]).toEqual([]);
  };

  it('F-5 are no failure of the handler', async () => {
    host.handlers.work = async (manager, run) => {
      if (run === 1) {
        const [failed] = await deadlock(manager);
        throw (failed as PromiseRejectedResult).reason;
      }
      await ended.next();
      await add(manager, 1, 1);
      await add(manager, 2, 1);
    };
    expect(await handle(host)).toMatchObject({ state: 'completed', attempt: 1 });
    expect(host.handlers.tries).toBe(2);
    await expectPaidOnce();
  });

  it('F-5 are no failure where the handler hides the error, and nothing that it goes on with is committed', async () => {
    host.handlers.work = async (manager, run) => {
      if (run > 1) {
        await ended.next();
        await add(manager, 1, 1);
        await add(manager, 2, 1);
        return;
      }
      await deadlock(manager);
      // In MySQL nothing is left of the transaction: these would commit, each by itself.
      await add(manager, 1, 1_000).catch(() => undefined);
      await add(manager, 2, 1_000).catch(() => undefined);
    };
    expect(await handle(host)).toMatchObject({ state: 'completed', attempt: 1 });
    expect(host.handlers.tries).toBe(2);
    await expectPaidOnce();
  });

  it('F-5 are no failure where a filter or the handler makes a verdict of them', async () => {
    host.handlers.work = async (manager, run) => {
      if (run === 1) {
        await deadlock(manager);
        return new Discard('the database said no');
      }
      await ended.next();
      await add(manager, 1, 1);
      await add(manager, 2, 1);
      return undefined;
    };
    expect(await handle(host)).toMatchObject({ state: 'completed', attempt: 1 });
    await expectPaidOnce();
  });

  it('F-5 commit nothing that was sent at the same time as what failed', async () => {
    host.handlers.work = async (manager, run) => {
      if (run > 1) {
        await ended.next();
        await add(manager, 1, 1);
        await add(manager, 2, 1);
        return;
      }
      await deadlock(manager, {
        statements: [() => add(manager, 1, 1_000), () => add(manager, 1, 1_000)],
      });
    };
    expect(await handle(host)).toMatchObject({ state: 'completed', attempt: 1 });
    await expectPaidOnce();
  });

  it('F-1 F-5 complete no attempt whose handler did not await what failed', async () => {
    host.handlers.work = async (manager, run) => {
      if (run === 1) {
        await deadlock(manager, { isAwaited: false });
        return;
      }
      await ended.next();
      await add(manager, 1, 1);
      await add(manager, 2, 1);
    };
    expect(await handle(host)).toMatchObject({ state: 'completed', attempt: 1 });
    expect(host.handlers.tries).toBe(2);
    await expectPaidOnce();
  });
}

/** Resolves when a transaction of this database waits for a lock. */
async function waiting(dataSource: DataSource, name: string): Promise<void> {
  const sql =
    name === 'PostgreSQL'
      ? "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%conflict_account%'"
      : `SELECT 1 FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'
          AND trx_query LIKE '%conflict_account%'`;
  while (((await dataSource.query(sql)) as unknown[]).length === 0);
}

describeOnDatabases(
  'A transaction on a snapshot that is out of date',
  (kind) => {
    it('F-5 is tried again at once', async () => {
      const database = await kind.create();
      // PostgreSQL serializes where it is told to; SQLite always does.
      const { options } = database;
      const serializable =
        options.type === 'postgres'
          ? {
              extra: {
                options: `${(options.extra as { options: string }).options} -c default_transaction_isolation=serializable`,
              },
            }
          : {};
      const host = await start({
        ...database,
        options: { ...options, ...serializable } as TestDatabase['options'],
      });
      try {
        host.handlers.work = async (manager, run) => {
          const { cents } = await manager.findOneByOrFail(Account, { id: 1 });
          if (run === 1) await changeElsewhere(database);
          await manager.update(Account, { id: 1 }, { cents: cents + 1 });
        };
        expect(await handle(host)).toMatchObject({ state: 'completed', attempt: 1 });
        expect(host.handlers.tries).toBe(2);
        expect((await accounts(host))[0]).toEqual({ id: 1, cents: 101 });
      } finally {
        await host.app.close();
        await database.drop();
      }
    });
  },
  // MySQL's transactions are READ COMMITTED, and its serializable ones lock.
  DATABASES.filter(({ name }) => name !== 'MySQL'),
);

/** As another process would. */
async function changeElsewhere({ options }: TestDatabase): Promise<void> {
  const sql = 'UPDATE conflict_account SET cents = 100 WHERE id = 1';
  if (options.type === 'better-sqlite3') {
    const other = new Database(options.database);
    other.exec(sql);
    other.close();
    return;
  }
  const other = await new DataSource(options as DataSourceOptions).initialize();
  await other.query(sql);
  await other.destroy();
}
