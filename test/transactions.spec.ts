import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import {
  Column,
  DataSource,
  Entity,
  EventSubscriber,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  type DataSourceOptions,
  type EntityManager,
  type EntitySubscriberInterface,
  type InsertEvent,
} from 'typeorm';
import type { TransactionalHandlerContext } from '../lib/dispatch/handler-context.js';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../lib/event/webhook-event.js';
import type { Notification } from '../lib/notifications/notification.js';
import { NotificationService } from '../lib/notifications/notification.service.js';
import { JobEntity } from '../lib/queue/job.entity.js';
import type { JobView } from '../lib/queue/job.view.js';
import { QueueService } from '../lib/queue/queue.service.js';
import type { QueueOptions } from '../lib/queue/queue.options.js';
import { Rule } from '../lib/rules/rule.decorator.js';
import { RuleStateEntity } from '../lib/rules/rule-state.entity.js';
import type { RuleMatch } from '../lib/rules/rule.options.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import { startApp, type TestApp } from './support/application.js';
import { Bell, ring } from './support/bell.js';
import {
  describeOnDatabases,
  SERVERS,
  type DatabaseKind,
  type TestDatabase,
} from './support/databases.js';
import { Signal } from './support/signal.js';

@Entity({ name: 'tx_effect' })
class Effect {
  @PrimaryGeneratedColumn() id!: number;
  @Column('varchar', { length: 64 }) what!: string;
}

@Entity({ name: 'tx_account' })
class Account {
  @PrimaryColumn('integer') id!: number;
  @Column('integer') cents!: number;
}

/** Has a `save()` of many rows stand still in the middle, until it is told to go on. */
const standing = { reached: new Signal<true>(), goOn: new Signal<true>() };

@EventSubscriber()
class StandStill implements EntitySubscriberInterface<Effect> {
  listenTo(): typeof Effect {
    return Effect;
  }

  async afterInsert({ entity }: InsertEvent<Effect>): Promise<void> {
    if (entity.what !== 'stand still') return;
    standing.reached.push(true);
    await standing.goOn.next();
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** What an attempt does is decided by the test. */
type Step = (context: TransactionalHandlerContext) => Promise<void>;

@Injectable()
class Handlers {
  /** For each attempt, the first one first; the last one for all after it. */
  steps: Step[] = [];
  /** What the rule does, by how often it was called. */
  firing: (run: number) => Promise<void> = () => Promise.resolve();
  readonly runs: number[] = [];

  constructor(readonly notifications: NotificationService) {}

  @OnWebhook('quick', { transactional: true, timeoutMs: 100 })
  async quick(_event: WebhookEvent, context: TransactionalHandlerContext): Promise<void> {
    await this.step(context);
  }

  @OnWebhook('patient', { transactional: true })
  async patient(_event: WebhookEvent, context: TransactionalHandlerContext): Promise<void> {
    await this.step(context);
  }

  @Rule({ name: 'rule', on: 'judged', subject: () => 'one', when: () => true })
  async judged(_match: RuleMatch): Promise<Notification> {
    this.runs.push(this.runs.length + 1);
    await this.firing(this.runs.length);
    return ring('the rule has fired');
  }

  private step(context: TransactionalHandlerContext): Promise<void> {
    this.runs.push(context.attempt);
    const step = this.steps[Math.min(context.attempt, this.steps.length) - 1];
    if (step === undefined) throw new Error('the test has no step');
    return step(context);
  }
}

const QUEUE: QueueOptions = { pollIntervalMs: 10, backoff: { baseMs: 1 } };

interface Host {
  readonly app: TestApp;
  readonly handlers: Handlers;
  readonly bell: Bell;
}

async function start(database: TestDatabase, queue: QueueOptions = QUEUE): Promise<Host> {
  const facts = { id: { path: 'id' }, type: { path: 'type' } } as const;
  const app = await startApp({
    database: {
      ...database,
      options: { ...database.options, subscribers: [StandStill] } as TestDatabase['options'],
    },
    entities: [Effect, Account],
    options: {
      sources: { game: unsigned(facts) },
      queue,
      notifications: { channels: [Bell] },
    },
    host: { providers: [Handlers, Bell] },
  });
  return { app, handlers: app.app.get(Handlers), bell: app.app.get(Bell) };
}

let count = 0;
async function send({ app }: Host, type: string): Promise<void> {
  const body = JSON.stringify({ id: `event-${++count}`, type });
  const answer = await app.post('/webhooks/game', body, { 'content-type': 'application/json' });
  expect(answer.status).toBe(200);
}

const effects = async ({ app }: Host): Promise<string[]> =>
  (
    await app
      .dataSource()
      .getRepository(Effect)
      .find({ order: { id: 'ASC' } })
  ).map(({ what }) => what);
const jobs = async ({ app }: Host): Promise<readonly JobView[]> =>
  (await app.app.get(QueueService).list()).items;

/** Runs what is due, and what becomes due by that or later, to its end. */
async function drain(host: Host): Promise<void> {
  do await host.app.drain();
  while ((await jobs(host)).some(({ dueAt }) => dueAt !== null));
}

const SLOW: Readonly<Record<string, string>> = {
  PostgreSQL: 'SELECT pg_sleep(1)',
  MySQL: 'SELECT SLEEP(1)',
};

/** Everything by which a handler may write, each as if it knew nothing of the end of its time. */
function waysToWrite(
  manager: EntityManager,
  notifications: NotificationService,
): Readonly<Record<string, () => Promise<unknown>>> {
  const repository = manager.getRepository(Effect);
  const builder = manager.createQueryBuilder().insert().into(Effect).values({ what: 'builder' });
  const runner = manager.queryRunner;
  return {
    insert: () => manager.insert(Effect, { what: 'insert' }),
    repository: () => repository.save({ what: 'repository' }),
    many: () => repository.save([{ what: 'many' }, { what: 'many' }]),
    builder: () => builder.execute(),
    query: () => manager.query("INSERT INTO tx_effect (what) VALUES ('query')"),
    runner: async () => runner?.query("INSERT INTO tx_effect (what) VALUES ('runner')"),
    nested: () => manager.transaction((inner) => inner.insert(Effect, { what: 'nested' })),
    commit: async () => runner?.commitTransaction(),
    notify: () => notifications.notify(ring('late')),
    notifyWithin: () => notifications.notify(ring('late'), { manager }),
  };
}

/** What became of them, in short. */
async function settle(ways: ReturnType<typeof waysToWrite>): Promise<Record<string, string>> {
  const settled = Object.entries(ways).map(async ([name, write]) => {
    const [result] = await Promise.allSettled([(async () => write())()]);
    return [name, result.status] as const;
  });
  return Object.fromEntries(await Promise.all(settled));
}

/** Has all of them fail. */
const ALL_REFUSED = ['rejected'];

describeOnDatabases('A transaction that is over', (kind) => {
  let database: TestDatabase;
  let host: Host;

  beforeEach(async () => {
    database = await kind.create();
    host = await start(database);
  });

  afterEach(async () => {
    await host.app.close();
    await database.drop();
  });

  const expectOneEffect = async (): Promise<void> => {
    await drain(host);
    expect(await effects(host)).toEqual(['the effect']);
    expect(host.bell.rung).toEqual(['once']);
    expect((await jobs(host)).map(({ state }) => state)).toEqual(['completed', 'completed']);
  };

  const succeed: Step = async ({ manager }) => {
    await manager.insert(Effect, { what: 'the effect' });
    await host.handlers.notifications.notify(ring('once'), { manager });
  };

  it('F-1 takes nothing of an attempt whose time is over, in whichever way it writes', async () => {
    const outcomes = new Signal<Record<string, string>>();
    host.handlers.steps = [
      async (context) => {
        await succeed(context);
        const ways = waysToWrite(context.manager, host.handlers.notifications);
        await aborted(context.signal);
        outcomes.push(await settle(ways));
      },
      succeed,
    ];
    await send(host, 'quick');
    const outcome = await outcomes.next();
    expect([...new Set(Object.values(outcome))]).toEqual(ALL_REFUSED);
    await expectOneEffect();
    // Three on a machine that is too busy for the second to end in time.
    expect(host.handlers.runs.slice(0, 2)).toEqual([1, 2]);
  });

  it('F-1 takes nothing of a late attempt that goes on after the next one has succeeded', async () => {
    const outcomes = new Signal<Record<string, string>>();
    const succeeded = new Signal<true>();
    host.handlers.steps = [
      async (context) => {
        const ways = waysToWrite(context.manager, host.handlers.notifications);
        await succeeded.next();
        outcomes.push(await settle(ways));
      },
      async (context) => {
        await succeed(context);
        succeeded.push(true);
      },
    ];
    await send(host, 'quick');
    await drain(host);
    const outcome = await outcomes.next();
    expect([...new Set(Object.values(outcome))]).toEqual(ALL_REFUSED);
    await expectOneEffect();
  });

  it('F-1 ends a save() of many rows in the middle', async () => {
    const saved = new Signal<unknown>();
    host.handlers.steps = [
      async ({ manager, signal }) => {
        const rows = ['before', 'stand still', 'after', 'after'].map((what) => ({ what }));
        const saving = manager.save(Effect, rows, { chunk: 1 }).then(
          () => 'saved',
          (error: unknown) => error,
        );
        await standing.reached.next();
        await aborted(signal);
        standing.goOn.push(true);
        saved.push(await saving);
      },
      succeed,
    ];
    await send(host, 'quick');
    expect(await saved.next()).toBeInstanceOf(Error);
    await expectOneEffect();
  });

  it('F-1 takes nothing of a failed attempt whose other statements are still under way', async () => {
    const rest = new Signal<unknown>();
    host.handlers.steps = [
      async ({ manager }) => {
        const many = Array.from({ length: 200 }, (_, index) => ({ what: `row ${index}` }));
        const saving = manager.save(Effect, many, { chunk: 1, transaction: false });
        const inserting = (async () => {
          for (let index = 0; index < 200; index++) {
            await manager.insert(Effect, { what: `inserted ${index}` });
          }
        })();
        void Promise.allSettled([saving, inserting]).then((results) => rest.push(results));
        await manager.insert(Effect, { what: 'first' });
        throw new Error('one of several at once failed');
      },
      succeed,
    ];
    await send(host, 'patient');
    expect(await rest.next()).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    await expectOneEffect();
  });

  it('F-1 takes nothing of an attempt that a stop interrupts', async () => {
    await host.app.close();
    host = await start(database, { ...QUEUE, stopTimeoutMs: 1 });
    const outcomes = new Signal<Record<string, string>>();
    const began = new Signal<true>();
    const { notifications } = host.handlers;
    host.handlers.steps = [
      async (context) => {
        await succeed(context);
        const ways = waysToWrite(context.manager, notifications);
        began.push(true);
        await aborted(context.signal);
        outcomes.push(await settle(ways));
      },
    ];
    await send(host, 'patient');
    await began.next();
    await host.app.close();
    expect([...new Set(Object.values(await outcomes.next()))]).toEqual(ALL_REFUSED);
    host = await start(database);
    host.handlers.steps = [succeed];
    await expectOneEffect();
  });

  it('F-1 has a rule whose time was over fire once, and its notification sent once', async () => {
    await host.app.close();
    host = await start(database, { ...QUEUE, timeoutMs: 100 });
    const goOn = new Signal<true>();
    host.handlers.firing = async (run) => {
      if (run === 1) await goOn.next();
      else goOn.push(true);
    };
    await send(host, 'judged');
    await drain(host);
    // Three on a machine that is too busy for the second to end in time.
    expect(host.handlers.runs.slice(0, 2)).toEqual([1, 2]);
    expect(host.bell.rung).toEqual(['the rule has fired']);
    expect((await jobs(host)).map(({ state }) => state)).toEqual(['completed', 'completed']);
  });

  it('F-1 waits for a transaction inside of it that was not awaited', async () => {
    host.handlers.steps = [
      async ({ manager }) => {
        void manager.transaction(async (inner) => {
          await inner.insert(Effect, { what: 'one' });
          await inner.insert(Effect, { what: 'two' });
        });
      },
    ];
    await send(host, 'patient');
    await drain(host);
    expect(await effects(host)).toEqual(['one', 'two']);
    expect(await host.app.dataSource().transaction((own) => own.find(Account))).toEqual([]);
  });

  it('F-1 stores notifications that were asked for at the same time', async () => {
    host.handlers.steps = [
      async ({ manager }) => {
        const names = ['a', 'b', 'c', 'd'];
        await manager.insert(Effect, { what: 'before' });
        await Promise.all(names.map((name) => host.handlers.notifications.notify(ring(name))));
        await manager.insert(Effect, { what: 'after' });
      },
    ];
    await send(host, 'patient');
    await drain(host);
    expect(host.bell.rung.toSorted()).toEqual(['a', 'b', 'c', 'd']);
    expect(await effects(host)).toEqual(['before', 'after']);
    expect(host.handlers.runs).toEqual([1]);
  });

  it('F-1 waits for notifications that were not awaited', async () => {
    host.handlers.steps = [
      () => {
        for (const name of ['a', 'b', 'c']) void host.handlers.notifications.notify(ring(name));
        return Promise.resolve();
      },
    ];
    await send(host, 'patient');
    await drain(host);
    expect(host.bell.rung.toSorted()).toEqual(['a', 'b', 'c']);
    expect(host.handlers.runs).toEqual([1]);
  });

  it('F-1 is left alone by the work of others on the connection that is given back', async () => {
    host.handlers.steps = [
      async ({ manager, signal }) => {
        await manager.insert(Effect, { what: 'rolled back' });
        await aborted(signal);
      },
      succeed,
    ];
    await send(host, 'quick');
    await drain(host);
    await Promise.all(
      Array.from({ length: 20 }, (_, id) =>
        host.app.dataSource().getRepository(Account).insert({ id, cents: 0 }),
      ),
    );
    await expectOneEffect();
    expect(await host.app.dataSource().getRepository(Account).count()).toBe(20);
  });
});

describeOnDatabases(
  'A transaction with a statement slower than its time-out',
  slowStatements,
  SERVERS,
);

function slowStatements(kind: DatabaseKind): void {
  let database: TestDatabase;
  let host: Host;
  let elsewhere: DataSource;

  beforeEach(async () => {
    database = await kind.create();
    host = await start(database);
    elsewhere = await new DataSource({
      ...database.options,
      entities: [JobEntity, RuleStateEntity, Effect],
      synchronize: false,
    } as DataSourceOptions).initialize();
  });

  afterEach(async () => {
    await elsewhere.destroy();
    await host.app.close();
    await database.drop();
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
    host = await start({ ...database, options });
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
    const state = { rule: 'rule', subject: 'one', active: false, occurredAt: 0, fireCount: 0 };
    await runner.manager.insert(RuleStateEntity, state);
    await send(host, 'judged');
    while ((await jobs(host))[0]?.lastError === null) await turn();
    await runner.rollbackTransaction();
    await runner.release();
    await drain(host);
    expect(host.bell.rung).toEqual(['the rule has fired']);
    expect((await jobs(host)).map(({ state: now }) => now)).toEqual(['completed', 'completed']);
  });
}
