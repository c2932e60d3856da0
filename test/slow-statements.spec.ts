import { setImmediate as turn } from 'node:timers/promises';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { JobEntity } from '../lib/queue/job.entity.js';
import { RuleStateEntity } from '../lib/rules/rule-state.entity.js';
import { ring } from './support/bell.js';
import {
  describeOnDatabases,
  SERVERS,
  type DatabaseKind,
  type TestDatabase,
} from './support/databases.js';
import { QUEUE_ENTITIES } from './support/queue.entities.js';
import { SharedDatabase } from './support/shared.database.js';
import { Signal } from './support/signal.js';
import {
  aborted,
  Account,
  ALL_REFUSED,
  drain,
  Effect,
  effects,
  jobs,
  QUEUE,
  send,
  settle,
  start,
  waysToWrite,
  type Host,
} from './support/transaction.host.js';

const SLOW: Readonly<Record<string, string>> = {
  PostgreSQL: 'SELECT pg_sleep(1)',
  MySQL: 'SELECT SLEEP(1)',
};

describeOnDatabases(
  'A transaction with a statement slower than its time-out',
  slowStatements,
  SERVERS,
);

function slowStatements(kind: DatabaseKind): void {
  const database = new SharedDatabase(kind, [Effect, Account]);
  let host: Host;
  let elsewhere: DataSource;

  beforeEach(async () => {
    host = await start(database);
    elsewhere = await new DataSource({
      ...database.options,
      entities: [...QUEUE_ENTITIES, RuleStateEntity, Effect],
    } as DataSourceOptions).initialize();
  });

  afterEach(async () => {
    await elsewhere.destroy();
    await host.app.close();
  });

  it('F-1 is over with it, and nothing that follows is committed', async () => {
    const after = new Signal<unknown>();
    host.handlers.steps = [
      async ({ manager }) => {
        const repository = manager.getRepository(Effect);
        await repository.insert({ what: 'before' });
        await manager.query(SLOW[kind.name]!).catch(() => undefined);
        after.push(
          await Promise.allSettled([
            repository.insert({ what: 'after' }),
            host.handlers.notifications.notify(ring('after')),
          ]),
        );
      },
      async ({ manager }) => void (await manager.insert(Effect, { what: 'retried' })),
    ];
    await send(host, 'quick');
    expect(await after.next()).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    await drain(host);
    expect(await effects(host)).toEqual(['retried']);
    expect(host.bell.rung).toEqual([]);
  });

  it('F-1 keeps nothing that was sent from being recorded, and so from being sent once', async () => {
    await host.app.close();
    // Of four connections, transactional handlers have one.
    const options = { ...database.options, poolSize: 4 } as TestDatabase['options'];
    host = await start({ options });
    const began = new Signal<true>();
    const goOn = new Signal<true>();
    host.handlers.steps = [
      async () => {
        began.push(true);
        await goOn.next();
      },
    ];
    await send(host, 'patient');
    await began.next();
    const { id } = await host.handlers.notifications.notify(ring('once'));
    while ((await host.handlers.notifications.get(id))?.state !== 'completed') await turn();
    goOn.push(true);
    await drain(host);
    expect(host.bell.rung).toEqual(['once']);
  });

  it('F-1 is over when its job is lost', async () => {
    await host.app.close();
    host = await start(database, { ...QUEUE, leaseMs: 300 });
    const outcomes = new Signal<Record<string, string>>();
    const began = new Signal<true>();
    host.handlers.steps = [
      async ({ manager, signal }) => {
        await manager.insert(Effect, { what: 'lost' });
        const ways = waysToWrite(manager, host.handlers.notifications);
        began.push(true);
        await aborted(signal);
        outcomes.push(await settle(ways));
      },
      async ({ manager }) => void (await manager.insert(Effect, { what: 'retried' })),
    ];
    await send(host, 'patient');
    await began.next();
    const job = elsewhere.getRepository(JobEntity);
    await job.update({ state: 'running' }, { attempt: 2, leasedBy: 'another process' });
    expect([...new Set(Object.values(await outcomes.next()))]).toEqual(ALL_REFUSED);
    expect(await effects(host)).toEqual([]);
    await job.update({ state: 'running' }, { state: 'available', dueAt: 0, leasedBy: null });
    await drain(host);
    expect(await effects(host)).toEqual(['retried']);
  });

  it('F-1 has a rule fire once, whose notification is not lost', async () => {
    await host.app.close();
    host = await start(database, { ...QUEUE, timeoutMs: 100 });
    // What the rule remembers is locked for longer than it may take.
    const runner = elsewhere.createQueryRunner();
    await runner.startTransaction();
    const unseen = { active: false, occurredAt: 0, fireCount: 0 };
    const state = { rule: 'rule', tenant: '', subject: 'one', ...unseen };
    await runner.manager.insert(RuleStateEntity, state);
    await send(host, 'judged');
    while ((await jobs(host))[0]?.lastError === null) await turn();
    await runner.rollbackTransaction();
    await runner.release();
    await drain(host);
    expect(host.bell.rung).toEqual(['the rule has fired']);
    // It was judged, it fired, and the notification was sent.
    const states = (await jobs(host)).map(({ state: now }) => now);
    expect(states).toEqual(['completed', 'completed', 'completed']);
  });
}
