import { Injectable, type Provider } from '@nestjs/common';
import { CountEntity } from '../lib/counts/count.entity.js';
import { CountService } from '../lib/counts/count.service.js';
import { CountStore } from '../lib/counts/count.store.js';
import type { CountFilter } from '../lib/counts/count.list.js';
import type { CountView } from '../lib/counts/count.view.js';
import type { CountGrain } from '../lib/counts/counted.js';
import { HISTOGRAM_BOUNDS_MS } from '../lib/counts/histogram.js';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../lib/event/webhook-event.js';
import type { WebhookModuleOptions } from '../lib/module/webhook.options.js';
import { RetryLater } from '../lib/retry/retry-later.js';
import { Discard } from '../lib/retry/discard.js';
import { NotificationService } from '../lib/notifications/notification.service.js';
import { Poll } from '../lib/polling/poll.decorator.js';
import { PollRegistry } from '../lib/polling/poll.registry.js';
import type { PolledPage } from '../lib/polling/polled-event.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import { Occurrences } from '../lib/telemetry/occurrences.js';
import { startApp, type TestApp } from './support/application.js';
import { describeOnDatabases } from './support/databases.js';
import { FakeClock } from './support/fake.clock.js';
import { SharedDatabase } from './support/shared.database.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const START = Date.parse('2026-01-01T10:30:00Z');
const sources = { game: unsigned({ id: { path: 'id' }, type: { path: 'type' } }) };

let clock: FakeClock;

@Injectable()
class Handlers {
  @OnWebhook('work', { name: 'work' })
  work(): void {
    clock.advance(70);
  }

  @OnWebhook('fail', { name: 'fail' })
  fail(): never {
    throw new Error('on purpose');
  }

  @OnWebhook('give-up', { name: 'give-up' })
  giveUp({ id }: WebhookEvent): Discard {
    return new Discard(id);
  }
}

/** Such as `10:31 accepted game 2`. */
const told = ({ startsAt, what, name, count }: CountView): string =>
  `${startsAt.toISOString().slice(11, 16)} ${what} ${name} ${count}`;

describeOnDatabases('Counts', (kind) => {
  const database = new SharedDatabase(kind);
  const open: TestApp[] = [];
  let ids = 0;

  beforeEach(() => {
    clock = new FakeClock(START);
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((app) => app.close()));
  });

  const start = async (
    options: WebhookModuleOptions = {},
    providers: Provider[] = [Handlers],
  ): Promise<TestApp> => {
    const app = await startApp({
      database,
      // A failed job does not run again in the test.
      options: { clock, sources, queue: { backoff: { baseMs: DAY_MS } }, ...options },
      host: { providers },
    });
    open.push(app);
    return app;
  };

  const stop = async (app: TestApp): Promise<void> => {
    open.splice(open.indexOf(app), 1);
    await app.close();
  };

  const post = (app: TestApp, type: string, id = `e${++ids}`, source = 'game') =>
    app.post(`/webhooks/${source}`, JSON.stringify({ id, type }), {
      'content-type': 'application/json',
    });

  const list = async (
    app: TestApp,
    grain: CountGrain = 'minute',
    filter: Partial<CountFilter> = {},
  ): Promise<readonly CountView[]> => {
    const all = { from: new Date(0), to: new Date(START + 1_000 * DAY_MS) };
    const counts = app.app.get(CountService);
    return (await counts.list({ grain, ...all, ...filter }, { limit: 1_000 })).items;
  };

  /** The minute ends, and what its end has begun is waited for. */
  const endMinute = async (isWritten: () => boolean | Promise<boolean>): Promise<void> => {
    clock.advance(MINUTE_MS - (clock.now() % MINUTE_MS));
    while (!(await isWritten())) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
  };

  const has = (app: TestApp, line: string) => async (): Promise<boolean> =>
    (await list(app)).some((view) => told(view) === line);

  it('say what came in, what was refused and what became of the jobs, per minute, hour and day', async () => {
    const app = await start();
    await post(app, 'work', 'once');
    await post(app, 'work', 'once');
    await post(app, 'unwanted');
    await post(app, 'fail');
    await post(app, 'give-up');
    for (const stranger of ['a', 'b', 'x'.repeat(500), "it's"]) {
      expect((await post(app, 'work', '1', encodeURIComponent(stranger))).status).toBe(404);
    }
    await app.post('/webhooks/game', 'no JSON', { 'content-type': 'application/json' });
    await app.request('/webhooks/game', { method: 'PUT' });
    await app.drain();
    await endMinute(has(app, '10:30 accepted game 3'));
    const first = [
      'accepted game 3',
      'completed work 1',
      'discarded give-up 1',
      'duplicate game 1',
      'failed fail 1',
      'ignored game 1',
      'refused.body game 1',
      'refused.method game 1',
      'refused.unknown-source (other) 4',
    ];
    expect((await list(app)).map(told)).toEqual(first.map((line) => `10:30 ${line}`));
    await post(app, 'work');
    await app.drain();
    await endMinute(has(app, '10:31 completed work 1'));
    const total = first.map((line) =>
      line.replace('accepted game 3', 'accepted game 4').replace('work 1', 'work 2'),
    );
    expect((await list(app, 'hour')).map(told)).toEqual(total.map((line) => `10:00 ${line}`));
    expect((await list(app, 'day')).map(told)).toEqual(total.map((line) => `00:00 ${line}`));
    const from = new Date(START + MINUTE_MS);
    expect((await list(app, 'minute', { from, what: 'completed' })).map(told)).toEqual([
      '10:31 completed work 1',
    ]);
    expect((await list(app, 'minute', { to: from, name: 'fail' })).map(told)).toEqual([
      '10:30 failed fail 1',
    ]);
  });

  it('have how long jobs waited and ran, and are summed over processes', async () => {
    const receiver = await start({ roles: ['receive'] });
    // They claim when the test says so.
    const options = { roles: ['work'] as const, queue: { pollIntervalMs: 3_600_000 } };
    const workers = [await start(options), await start(options)];
    clock.advance(10_000);
    for (const worker of [...workers, workers[0]!]) {
      await post(receiver, 'work');
      clock.advance(2_000);
      await worker.drain();
    }
    await endMinute(async () => {
      const views = await list(receiver);
      return views.length === 2 && views.every(({ count }) => count === 3);
    });
    const [completed] = await list(receiver, 'minute', { what: 'completed' });
    const only = (bound: number, count: number): number[] =>
      [...HISTOGRAM_BOUNDS_MS, Infinity].map((upper) => (upper === bound ? count : 0));
    expect(completed).toEqual({
      startsAt: new Date(START),
      what: 'completed',
      name: 'work',
      count: 3,
      waiting: only(2_500, 3),
      running: only(100, 3),
    });
    const [accepted] = await list(receiver, 'hour', { what: 'accepted' });
    expect(accepted).toMatchObject({ name: 'game', count: 3, waiting: null, running: null });
    const rows = receiver.dataSource().getRepository(CountEntity);
    expect(await rows.countBy({ grain: 'day', what: 'completed' })).toBe(2);
  });

  it('have notifications by channel, and events by poller', async () => {
    let sends = 0;
    @Injectable()
    class Bell {
      readonly name = 'bell';
      recipient = (): string => 'all';
      async send(): Promise<RetryLater | object> {
        sends++;
        if (sends === 1) return new RetryLater(DAY_MS);
        if (sends === 2) throw new Error('on purpose');
        return {};
      }
    }
    @Injectable()
    class Poller {
      @Poll({ name: 'players', cron: '0 0 1 1 *' })
      poll(): PolledPage {
        return { events: [1, 2].map((id) => ({ id: String(id), type: 'unwanted', data: {} })) };
      }
    }
    const app = await start({ notifications: { channels: [Bell] } }, [Poller, Handlers]);
    const notifications = app.app.get(NotificationService);
    for (const text of ['postponed', 'failed', 'sent']) {
      await notifications.notify({ channel: 'bell', payload: { text } });
      await app.drain();
    }
    await app.app.get(PollRegistry).run('players');
    await app.drain();
    await endMinute(has(app, '10:30 sent bell 1'));
    expect((await list(app)).map(told)).toEqual([
      '10:30 completed bell 1',
      '10:30 failed bell 1',
      '10:30 ignored players 2',
      '10:30 sent bell 1',
    ]);
  });

  it('are written at a graceful stop, and go on in the process after it', async () => {
    const app = await start();
    await post(app, 'work');
    await app.drain();
    await stop(app);
    const next = await start();
    expect((await list(next)).map(told)).toEqual([
      '10:30 accepted game 1',
      '10:30 completed work 1',
    ]);
    await post(next, 'work');
    await endMinute(has(next, '10:30 accepted game 2'));
    expect((await list(next, 'hour', { what: 'accepted' })).map(told)).toEqual([
      '10:00 accepted game 2',
    ]);
  });

  it('count once where a commit was ambiguous or the database was away, and say so once', async () => {
    const app = await start();
    const store = app.app.get(CountStore, { strict: false });
    const write = store.write.bind(store);
    const failures: string[] = [];
    app.app
      .get(Occurrences)
      .on('background.failed', ({ component, error }) => failures.push(`${component}: ${error}`));
    const writing = jest.spyOn(store, 'write');
    writing.mockImplementation(async (rows) => {
      // The answer is lost first, and then the database is away.
      if (writing.mock.calls.length === 1) await write(rows);
      throw new Error('ECONNRESET');
    });
    for (const minute of [1, 2, 3]) {
      await post(app, 'work');
      await endMinute(() => writing.mock.calls.length === minute);
      await new Promise((resolve) => setTimeout(resolve));
      while ((await list(app)).length === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(failures).toEqual(['CountKeeper: Error: ECONNRESET']);
    expect((await list(app, 'minute', { what: 'accepted' })).map(told)).toEqual([
      '10:30 accepted game 1',
    ]);
    writing.mockRestore();
    await post(app, 'work');
    await endMinute(has(app, '10:33 accepted game 1'));
    expect((await list(app, 'minute', { what: 'accepted' })).map(told)).toEqual(
      ['10:30', '10:31', '10:32', '10:33'].map((time) => `${time} accepted game 1`),
    );
    expect((await list(app, 'day', { what: 'accepted' })).map(told)).toEqual([
      '00:00 accepted game 4',
    ]);
  });
});
