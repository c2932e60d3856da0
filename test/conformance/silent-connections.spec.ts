import { setImmediate as turn } from 'node:timers/promises';
import type { DataSourceOptions, EntityManager, QueryRunner } from 'typeorm';
import { DatabaseTimeoutError } from '../../lib/database/database-timeout.error.js';
import { dataSourceOf } from '../../lib/migrations/data-source-of.js';
import type { DatabaseOptions } from '../../lib/database/database.options.js';
import type { SqlDatabase } from '../../lib/database/sql-database.js';
import type { Statement, Steps } from '../../lib/database/statement.js';
import { EventEntity } from '../../lib/inbox/event.entity.js';
import { TablePruner } from '../../lib/retention/table.pruner.js';
import { describeOnDatabases, SERVERS, type DatabaseKind } from '../support/databases.js';
import { proxied, type ProxiedDatabase } from '../support/proxied.database.js';
import { eventRow, startMachine, type Machine } from './machine.js';

/** Short, as each test waits for it. */
const LIMITS: DatabaseOptions = { statementTimeoutMs: 400, readTimeoutMs: 400 };

/** Every way in which the library uses a connection by itself. */
const USES: readonly (readonly [string, (machine: Machine) => Promise<unknown>])[] = [
  [
    'a transaction of one statement',
    ({ database, inbox }) =>
      database.transaction(() => inbox.load(['00000000-0000-7000-8000-000000000000'])),
  ],
  [
    'a transaction of several',
    ({ database, inbox }) =>
      database.transaction(() => inbox.insert([eventRow(String(Math.random()))])),
  ],
  [
    'a transaction through TypeORM',
    ({ database }) =>
      database.managed((manager) => manager.update(EventEntity, { id: 'none' }, { reason: null })),
  ],
  [
    'a read',
    ({ database }) => database.read((manager) => manager.countBy(EventEntity, { id: 'none' })),
  ],
  [
    'a read on the primary',
    ({ database }) => database.onWriter((manager) => manager.countBy(EventEntity, { id: 'none' })),
  ],
  ['the question for the time', ({ database }) => database.currentTimeMs()],
];

/** Tries until it succeeds, as all loops of the library do. */
async function untilItWorks<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await attempt();
    } catch {
      // The next one may work.
      await turn();
    }
  }
}

describeOnDatabases('Unusable connections', suite, SERVERS);

function suite(kind: DatabaseKind): void {
  let proxy: ProxiedDatabase;
  let machine: Machine;

  const start = async (
    changes: Partial<DataSourceOptions> = {},
    options: DatabaseOptions = LIMITS,
  ): Promise<void> => {
    proxy = await proxied(await kind.create());
    machine = await startMachine(proxy, changes, options);
  };

  afterEach(async () => {
    // Pending statements fail, and mysql2's pool reports that.
    await proxy.proxy.close();
    await machine.dataSource.destroy().catch(() => undefined);
    await proxy.drop();
  });

  /** Opens this many connections in the pool. */
  const open = async (count: number): Promise<void> => {
    const runners = Array.from({ length: count }, () => machine.dataSource.createQueryRunner());
    await Promise.all(runners.map((runner) => runner.connect()));
    await Promise.all(runners.map((runner) => runner.release()));
  };

  describe.each(USES)('%s', (_, use) => {
    it('F-6 fails in time if all are silent, and works at one of the next tries', async () => {
      await start();
      await open(6);
      await use(machine);
      proxy.proxy.silence();
      await expect(use(machine)).rejects.toThrow(DatabaseTimeoutError);
      // Meanwhile the library probes the others at the same time.
      await use(machine).catch(() => undefined);
      await use(machine);
    });

    it('F-6 fails in time if the server accepts no connections, and works when it does', async () => {
      // mysql2 waits for 10 s by itself.
      await start({ poolSize: 2, connectTimeout: 500 } as Partial<DataSourceOptions>);
      await use(machine);
      proxy.proxy.silenceAll();
      for (let tries = 0; tries < 4; tries++) {
        await expect(use(machine)).rejects.toThrow(/answer|connect|terminated/i);
      }
      proxy.proxy.restore();
      await untilItWorks(() => use(machine));
    });

    it('F-6 fails in time if the host uses all of them, and works when one is free', async () => {
      await start({ poolSize: 2 } as Partial<DataSourceOptions>);
      await use(machine);
      const runners = [1, 2].map(() => machine.dataSource.createQueryRunner());
      await Promise.all(runners.map((runner) => runner.connect()));
      await expect(use(machine)).rejects.toThrow(DatabaseTimeoutError);
      await Promise.all(runners.map((runner) => runner.release()));
      await use(machine);
    });
  });

  // Only `pg` has a limit for every statement.
  const onPostgres = kind.name === 'PostgreSQL' ? it : it.skip;
  onPostgres('F-6 does not reuse one that has run into the time limit of the host', async () => {
    await start({ extra: { query_timeout: 200 } } as Partial<DataSourceOptions>, {});
    for (const [, use] of USES) {
      await open(2);
      await use(machine);
      proxy.proxy.silence();
      await untilItWorks(() => use(machine));
    }
  });

  it('F-6 gives up a statement that waits for a lock, and makes the server stop it', async () => {
    await start();
    const other = machine.dataSource.createQueryRunner();
    await lockTable(other, machine);
    const insert = (id: string): Promise<unknown> =>
      machine.database.transaction(() => machine.inbox.insertWithJobs([eventRow(id)], []));
    await expect(insert('late')).rejects.toThrow(DatabaseTimeoutError);
    while (await isWaitedFor(other, machine)) await turn();
    await unlockTable(other);
    await other.release();
    await insert('next');
    const events = await machine.dataSource.getRepository(EventEntity).find();
    expect(events.map(({ id }) => id)).toEqual(['next']);
  });

  it('F-6 ends the session that a silent connection has left, with its locks', async () => {
    await start();
    const { database, inbox } = machine;
    await database.transaction(() => inbox.insert([eventRow('kept')]));
    const touch = (then: () => void): Promise<void> =>
      database.transaction(function* (): Steps<void> {
        yield changed(database);
        then();
        yield changed(database);
      });
    await expect(touch(() => proxy.proxy.silence())).rejects.toThrow(DatabaseTimeoutError);
    await untilItWorks(() => touch(() => undefined));
  });

  it('F-6 ends the transaction of a handler whose connection is silent', async () => {
    await start();
    const { signal } = new AbortController();
    const work = machine.database.managed(async (manager) => {
      await manager.countBy(EventEntity, { id: 'none' });
      proxy.proxy.silence();
      await manager.countBy(EventEntity, { id: 'none' });
    }, signal);
    await expect(work).rejects.toThrow(/ended|terminated|closed|query/i);
    await untilItWorks(() => machine.database.read((manager) => manager.count(EventEntity)));
  });

  it('F-6 ends the transaction of a handler whose connection is silent when its job is completed in it', async () => {
    await start();
    const { database, inbox } = machine;
    await database.transaction(() => inbox.insert([eventRow('kept')]));
    const { signal } = new AbortController();
    const work = database.managed(async (manager) => {
      await database.within(manager, one(changed(database)));
      proxy.proxy.silence();
      await database.within(manager, one(changed(database)));
    }, signal);
    await expect(work).rejects.toThrow(/ended|terminated|closed|query/i);
    // Its locks are gone with it.
    await untilItWorks(() => database.transaction(() => one(changed(database))));
  });

  it('F-6 does not limit a statement of a handler while the server works on it', async () => {
    await start();
    const { signal } = new AbortController();
    // Longer than the limit several times over.
    const slow = kind.name === 'PostgreSQL' ? 'SELECT 1 FROM pg_sleep(2)' : 'SELECT SLEEP(2)';
    const work = machine.database.managed((manager) => manager.query(slow), signal);
    expect(await work).toHaveLength(1);
  });

  it('F-6 gives the statements of retention the time limit of reads', async () => {
    await start({}, { statementTimeoutMs: 300, readTimeoutMs: 20_000 });
    const { database, inbox } = machine;
    await database.transaction(() => inbox.insert([eventRow('old')]));
    const slow = kind.name === 'PostgreSQL' ? "pg_sleep(1)::text = ''" : 'SLEEP(1) = 0';
    const pruner = new TablePruner(database, {
      table: database.table(EventEntity),
      key: database.quote('key'),
      keptByJobs: false,
      condition: () => ({ sql: slow, parameters: [] }),
    });
    const now = Date.now();
    await pruner.prune({ completedBefore: now, discardedBefore: now }, 10);
    expect(await machine.dataSource.getRepository(EventEntity).count()).toBe(0);
  });

  it('F-6 replaces those that cannot write any more', async () => {
    await start({ poolSize: 2 } as Partial<DataSourceOptions>);
    const runners = [1, 2].map(() => machine.dataSource.createQueryRunner());
    for (const runner of runners) {
      await runner.query(
        kind.name === 'PostgreSQL'
          ? 'SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY'
          : 'SET SESSION TRANSACTION READ ONLY',
      );
    }
    await Promise.all(runners.map((runner) => runner.release()));
    const write = (): Promise<unknown> =>
      machine.database.transaction(() => machine.inbox.insert([eventRow('written')]));
    const update = (): Promise<unknown> =>
      machine.database.managed((manager: EntityManager) =>
        manager.update(EventEntity, { id: 'written' }, { reason: 'read' }),
      );
    await expect(write()).rejects.toThrow(/read.?only/i);
    await expect(update()).rejects.toThrow(/read.?only/i);
    await write();
    await update();
  });
}

function changed(database: SqlDatabase) {
  return database.statement(
    `UPDATE ${database.table(EventEntity)} SET reason = ? WHERE event_id = ?`,
    ['changed', 'kept'],
  );
}

function* one(statement: Statement): Steps<void> {
  yield statement;
}

async function lockTable(runner: QueryRunner, { database }: Machine): Promise<void> {
  const table = database.table(EventEntity);
  if (database.kind === 'mysql') return void (await runner.query(`LOCK TABLES ${table} WRITE`));
  await runner.query('BEGIN');
  await runner.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
}

/** Whether a session waits for the lock on the table. */
async function isWaitedFor(runner: QueryRunner, { database }: Machine): Promise<boolean> {
  const rows = (await runner.query(
    database.kind === 'mysql'
      ? "SELECT 1 FROM information_schema.processlist WHERE db = DATABASE() AND state LIKE 'Waiting for table%'"
      : `SELECT 1 FROM pg_locks WHERE NOT granted AND relation = '${database.table(EventEntity)}'::regclass`,
  )) as unknown[];
  return rows.length > 0;
}

async function unlockTable(runner: QueryRunner): Promise<void> {
  await runner.query(dataSourceOf(runner).options.type === 'postgres' ? 'COMMIT' : 'UNLOCK TABLES');
}
