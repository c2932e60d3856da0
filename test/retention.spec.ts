import { Injectable } from '@nestjs/common';
import { QueueEngine } from '../lib/queue/queue.engine.js';
import { PollCursorEntity } from '../lib/polling/cursor/poll-cursor.entity.js';
import { PollItemEntity } from '../lib/polling/aside/poll-item.entity.js';
import { Pruner } from '../lib/retention/pruner.js';
import {
  AttemptEntity,
  Discard,
  EventEntity,
  httpPost,
  InboxService,
  JobEntity,
  NotificationEntity,
  NotificationService,
  OnWebhook,
  QueueService,
  unsigned,
  type ProcessRole,
  type RetentionOptions,
  type WebhookEvent,
} from '../lib/index.js';
import { startApp, type TestApp } from './support/application.js';
import { describeOnDatabases } from './support/databases.js';
import { FakeClock } from './support/fake.clock.js';
import { LOCAL_RECEIVERS } from './support/local-receivers.js';
import { apiPoller } from './support/players.js';
import { SharedDatabase } from './support/shared.database.js';

const DAY_MS = 86_400_000;

@Injectable()
class Handlers {
  @OnWebhook('work.*')
  work(event: WebhookEvent): unknown {
    if (event.type === 'work.impossible') return new Discard('it cannot be done');
    if (event.type === 'work.failing') throw new Error('not now');
    return undefined;
  }
}

describeOnDatabases('Retention', (kind) => {
  const database = new SharedDatabase(kind);
  let clock: FakeClock;
  let app: TestApp;
  let retention: RetentionOptions = {};

  const start = async (
    given: RetentionOptions = retention,
    roles?: readonly ProcessRole[],
  ): Promise<void> => {
    retention = given;
    app = await startApp({
      database,
      host: { providers: [Handlers, apiPoller(() => undefined, { catchUp: false })] },
      options: {
        sending: LOCAL_RECEIVERS,
        sources: { any: unsigned({ id: { path: 'id' }, type: { path: 'type' } }) },
        // A failing job is to wait for longer than anything is kept.
        queue: { backoff: { baseMs: 1_000 * DAY_MS, capMs: 1_000 * DAY_MS, jitter: 0 } },
        retention,
        ...(roles && { roles }),
        clock,
      },
    });
  };

  /** The application is closed meanwhile: no timer has to fire a million times. */
  const pass = async (ms: number, roles?: readonly ProcessRole[]): Promise<void> => {
    await app.close();
    clock = new FakeClock(clock.now() + ms);
    await start(retention, roles);
  };

  const post = async (id: string, type: string): Promise<void> => {
    await app.post('/webhooks/any', JSON.stringify({ id, type }));
    await app.drain();
  };

  const prune = (): Promise<void> => app.app.get(Pruner, { strict: false }).prune();

  const left = async (): Promise<string[]> => {
    const events = await app.dataSource().getRepository(EventEntity).find();
    return events.map(({ id }) => id).toSorted();
  };

  beforeEach(() => {
    // After the keys, which are made by the machine's clock.
    clock = new FakeClock(Date.now());
  });

  afterEach(() => app.close());

  it('keeps what has completed for 30 days, what was discarded for 90, and what waits for good', async () => {
    await start({ batchSize: 2 });
    for (const id of ['a', 'b', 'c', 'd', 'e']) await post(id, 'work.done');
    await post('ignored', 'nobody.cares');
    await post('impossible', 'work.impossible');
    await post('waiting', 'work.failing');
    await pass(29 * DAY_MS);
    await post('young', 'work.done');
    await prune();
    expect(await left()).toHaveLength(9);

    await pass(2 * DAY_MS);
    await prune();
    expect(await left()).toEqual(['impossible', 'waiting', 'young']);
    expect(await app.dataSource().getRepository(JobEntity).count()).toBe(3);

    await pass(60 * DAY_MS);
    await prune();
    expect(await left()).toEqual(['waiting']);
    expect(await app.app.get(QueueService).counts()).toMatchObject({ retryable: 1, discarded: 0 });
  });

  it('deletes the attempts of a job with it', async () => {
    await start({ batchSize: 2 });
    for (const id of ['a', 'b', 'c', 'd', 'e']) await post(id, 'work.impossible');
    await post('waiting', 'work.failing');
    const attempts = () => app.dataSource().getRepository(AttemptEntity).find();
    expect(await attempts()).toHaveLength(6);
    await pass(89 * DAY_MS);
    await prune();
    expect(await attempts()).toHaveLength(6);
    await pass(2 * DAY_MS);
    await prune();
    expect(await attempts()).toMatchObject([{ verdict: 'failed' }]);
  });

  it('keeps an event that is handled again', async () => {
    await start();
    await post('old', 'work.done');
    await pass(40 * DAY_MS);
    const [event] = (await app.app.get(InboxService).list({ id: 'old' })).items;
    expect(await app.app.get(InboxService).replay(event!.key)).toBe(1);
    await prune();
    expect(await left()).toEqual(['old']);
    await app.drain();
    expect((await app.app.get(QueueService).list()).items).toMatchObject([{ state: 'completed' }]);
  });

  it('keeps an event that is given to its handlers again at that moment', async () => {
    await start();
    // There, nothing can come in between.
    if (kind.name === 'SQLite') return;
    await post('old', 'work.done');
    await pass(40 * DAY_MS);
    const [event] = (await app.app.get(InboxService).list({ id: 'old' })).items;
    const waits =
      kind.name === 'PostgreSQL'
        ? `SELECT count(*) AS "Value" FROM pg_stat_activity WHERE wait_event_type = 'Lock'`
        : "SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'";
    const isWaitedFor = async (): Promise<boolean> => {
      const [row] = (await app.dataSource().query(waits)) as { Value: string }[];
      return Number(row?.Value) > 0;
    };
    let pruned: Promise<void> | undefined;
    // What replay() does, stopped before its commit.
    await app.dataSource().transaction(async (manager) => {
      await manager.update(EventEntity, { key: event!.key }, { status: 'accepted' });
      const jobs = [{ kind: 'handler', name: 'Handlers.work', ref: event!.key }];
      await app.app.get(QueueEngine, { strict: false }).addWithin(manager, jobs);
      pruned = prune();
      while (!(await isWaitedFor())) await new Promise(setImmediate);
    });
    await pruned;
    expect(await left()).toEqual(['old']);
    await app.drain();
    expect((await app.app.get(QueueService).list()).items).toMatchObject([{ state: 'completed' }]);
  });

  it('deletes notifications with their jobs', async () => {
    await start();
    const notifications = app.app.get(NotificationService);
    // There is nothing: the answer is 404, and the job is discarded.
    await notifications.notify(httpPost({ url: `${app.url}/nowhere`, json: {} }));
    await app.drain();
    const log = () => app.dataSource().getRepository(NotificationEntity).count();
    await pass(31 * DAY_MS);
    await prune();
    expect(await log()).toBe(1);
    await pass(60 * DAY_MS);
    await prune();
    expect(await log()).toBe(0);
    expect((await app.app.get(QueueService).list()).items).toEqual([]);
  });

  it('deletes what pollers have parked for 90 days, and what waits for one that does not exist any more', async () => {
    await start({ batchSize: 2 });
    const items = () => app.dataSource().getRepository(PollItemEntity);
    const pollers = () => app.dataSource().getRepository(PollCursorEntity);
    /** Sets an item aside, as a run does. */
    const put = async (poller: string, item: string, isParked: boolean): Promise<void> => {
      const failed = { firstFailedAt: clock.now(), lastFailedAt: clock.now(), attempts: 1 };
      const parkedAt = isParked ? clock.now() : null;
      await items().save({
        poller,
        item,
        kind: 'row',
        content: '{}',
        error: 'no',
        ...failed,
        parkedAt,
      });
    };
    const run = { reads: '', cursor: null, lookBack: null, run: 1, failures: 0, postponements: 0 };
    for (const item of ['a', 'b', 'c']) await put('api', `parked ${item}`, true);
    for (const poller of ['api', 'gone', 'elsewhere', 'paused'])
      await put(poller, 'waiting', false);
    await put('gone', 'parked', true);
    await pollers().save([
      { name: 'gone', paused: false, lastStartedAt: clock.now(), ...run },
      { name: 'paused', paused: true, lastStartedAt: clock.now(), ...run },
    ]);
    await pass(89 * DAY_MS);
    await pollers().save({ name: 'elsewhere', paused: false, lastStartedAt: clock.now(), ...run });
    await put('api', 'young', true);
    await prune();
    expect(await items().count()).toBe(9);

    await pass(2 * DAY_MS);
    await prune();
    const kept = await items().find({ order: { poller: 'ASC', item: 'ASC' } });
    expect(kept.map(({ poller, item }) => `${poller}: ${item}`)).toEqual([
      'api: waiting',
      'api: young',
      'elsewhere: waiting',
      'paused: waiting',
    ]);
  });

  it('does it by itself', async () => {
    await start({ enabled: false });
    await post('old', 'work.done');
    await pass(31 * DAY_MS);
    await app.close();
    await start({ intervalMs: 60_000 });
    clock.advance(60_000);
    // Closing waits for the batch that the timer has begun.
    await app.close();
    await start({ enabled: false });
    expect(await left()).toEqual([]);
  });

  it('tells how long the oldest job has waited', async () => {
    await start();
    const waited = (): Promise<number> => app.app.get(QueueService).oldestWaitingMs();
    expect(await waited()).toBe(0);
    await post('waiting', 'work.failing');
    expect(await waited()).toBe(0);
    // A process that works would begin the job while we look.
    await pass(1_000 * DAY_MS + 5_000, ['receive']);
    expect(await waited()).toBe(5_000);
  });
});
