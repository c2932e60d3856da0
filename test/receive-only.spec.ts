import { Injectable, type INestApplication, type Provider } from '@nestjs/common';
import { z } from 'zod';
import { HandlerEntity } from '../lib/dispatch/handler.entity.js';
import { HandlerStore } from '../lib/dispatch/handler.store.js';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../lib/event/webhook-event.js';
import { InboxService } from '../lib/inbox/inbox.service.js';
import type { JobView } from '../lib/queue/job.view.js';
import { QueueService } from '../lib/queue/queue.service.js';
import { Rule } from '../lib/rules/rule.decorator.js';
import { RuleService } from '../lib/rules/rule.service.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import { FakeClock } from '../lib/testing/fake.clock.js';
import type { WebhookModuleOptions } from '../lib/module/webhook.options.js';
import { ADAPTERS, startApp, type TestApp } from './support/application.js';
import { DATABASES, describeOnDatabases, type TestDatabase } from './support/databases.js';

const facts = { id: { path: 'id' }, type: { path: 'type' }, dataPath: 'data' } as const;
const sources = { game: unsigned(facts), shop: unsigned(facts) };

/** What ran, in its order. */
const calls: string[] = [];

@Injectable()
class Billing {
  @OnWebhook('order.*', { source: 'game', maxAttempts: 3 })
  paid(event: WebhookEvent): void {
    calls.push(`paid:${event.id}`);
  }

  @OnWebhook('order.paid', { schema: z.object({ total: z.coerce.number() }) })
  typed(event: WebhookEvent<{ total: number }>): void {
    calls.push(`typed:${event.data.total + 1}`);
  }

  @Rule<{ total: number }>({
    name: 'large',
    on: 'order.paid',
    subject: (event) => event.id,
    when: (event) => event.data.total > 100,
  })
  large(): void {
    calls.push('large');
  }
}

@Injectable()
class Renamed {
  @OnWebhook('order.*')
  booked(event: WebhookEvent): void {
    calls.push(`booked:${event.id}`);
  }
}

@Injectable()
class Wider {
  @OnWebhook(['order.*', 'refund'], { name: 'Renamed.booked' })
  booked(event: WebhookEvent): void {
    calls.push(`wider:${event.id}`);
  }
}

const statusOf = (answer: { body: string }) =>
  (JSON.parse(answer.body) as { status: string }).status;

describeOnDatabases('A process that only receives', (kind) => {
  let database: TestDatabase;
  let clock: FakeClock;
  const apps: TestApp[] = [];
  let count = 0;

  beforeEach(async () => {
    database = await kind.create();
    clock = new FakeClock();
    calls.length = 0;
  });

  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
    await database.drop();
  });

  const start = async (
    providers: Provider[],
    options: WebhookModuleOptions = {},
    prepare: (app: INestApplication) => void = () => undefined,
  ): Promise<TestApp> => {
    const app = await startApp({
      database,
      options: { clock, sources, ...options },
      host: { providers },
      prepare,
    });
    apps.push(app);
    return app;
  };
  const startReceiver = (): Promise<TestApp> => start([], { queue: { enabled: false } });

  const send = async (app: TestApp, type: string, data: object = {}, source = 'game') => {
    const id = `event-${++count}`;
    const answer = await app.post(`/webhooks/${source}`, JSON.stringify({ id, type, data }), {
      'content-type': 'application/json',
    });
    return { id, status: answer.status === 200 ? statusOf(answer) : String(answer.status) };
  };

  /** Time goes on until what its timers have begun shows. */
  const pass = async (ms: number, until: () => Promise<boolean>): Promise<void> => {
    clock.advance(ms);
    while (!(await until())) {
      clock.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const known = (app: TestApp): Promise<HandlerEntity[]> =>
    app
      .dataSource()
      .getRepository(HandlerEntity)
      .find({ order: { name: 'ASC' } });
  const seenAt = async (app: TestApp, name: string): Promise<number> =>
    (await known(app)).find((handler) => handler.name === name)!.seenAt;
  const jobsOf = async (app: TestApp, id: string): Promise<readonly JobView[]> => {
    const [event] = (await app.app.get(InboxService).list({ id })).items;
    return (await app.app.get(QueueService).list({ ref: event!.key })).items;
  };

  it('F-32 plans jobs for the handlers and rules that workers have left in the database', async () => {
    const worker = await start([Billing]);
    expect(
      (await known(worker)).map(({ name, source, maxAttempts }) => [name, source, maxAttempts]),
    ).toEqual([
      ['Billing.paid', 'game', 3],
      ['Billing.typed', null, null],
      ['rule:large', null, null],
    ]);
    const receiver = await startReceiver();
    expect(receiver.logger.of('warn', 'WebhookModule')).toEqual([]);
    const paid = await send(receiver, 'order.paid', { total: '150' });
    expect(paid.status).toBe('accepted');
    expect((await send(receiver, 'order.sent')).status).toBe('accepted');
    expect((await send(receiver, 'order.sent', {}, 'shop')).status).toBe('ignored');
    expect((await send(receiver, 'refund')).status).toBe('ignored');
    await worker.drain();
    expect(calls.toSorted()).toEqual([
      'large',
      `paid:${paid.id}`,
      `paid:event-${count - 2}`,
      'typed:151',
    ]);
    expect(await jobsOf(receiver, paid.id)).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'Billing.paid', maxAttempts: 3 })]),
    );
    expect((await worker.app.get(RuleService).states()).items).toHaveLength(1);
  });

  it.each([
    ['without handlers', []],
    ['with handlers of its own', [Renamed]],
  ])(
    'F-32 ignores no event, %s, while it could not read which handlers there are',
    async (_, own) => {
      const worker = await start([Billing]);
      let looks: jest.SpiedFunction<HandlerStore['load']>;
      const receiver = await start(own, { queue: { enabled: false } }, (app) => {
        looks = jest.spyOn(app.get(HandlerStore, { strict: false }), 'load');
        looks.mockRejectedValueOnce(new Error('ECONNRESET'));
      });
      const early = await send(receiver, 'order.sent');
      expect(early.status).toBe('503');
      expect((await receiver.app.get(InboxService).list({ id: early.id })).items).toEqual([]);
      expect(receiver.logger.of('warn', 'WebhookModule')).toEqual([]);
      // Long before it would look the next time.
      clock.advance(1_000);
      expect(looks!).toHaveBeenCalledTimes(2);
      await looks!.mock.results[1]!.value;
      const late = await send(receiver, 'order.sent');
      expect(late.status).toBe('accepted');
      await worker.drain();
      expect(calls).toEqual([`paid:${late.id}`]);
    },
  );

  it('F-32 has data that fails a schema of a handler elsewhere discarded with a reason', async () => {
    const worker = await start([Billing]);
    const receiver = await startReceiver();
    const { id, status } = await send(receiver, 'order.paid', { total: 'much' });
    expect(status).toBe('accepted');
    await worker.drain();
    expect(await jobsOf(receiver, id)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          name: 'Billing.typed',
          state: 'discarded',
          lastError: expect.stringContaining('total') as unknown,
        }),
      ]),
    );
  });

  it('F-32 says at its first start of all what will happen, and replay brings the events back', async () => {
    const receiver = await startReceiver();
    expect(receiver.logger.text).toMatch(
      /runs no jobs and has no handlers.*stored and ignored.*InboxService\.replay/,
    );
    const early = [await send(receiver, 'order.a'), await send(receiver, 'order.b')];
    expect(early.map(({ status }) => status)).toEqual(['ignored', 'ignored']);
    const refund = await send(receiver, 'refund');
    await start([Billing]);
    const looked = async (): Promise<boolean> =>
      (await send(receiver, 'order.c')).status === 'accepted';
    await pass(10_000, looked);
    const inbox = receiver.app.get(InboxService);
    const first = await inbox.replay({ source: 'game', limit: 1 });
    expect(first).toMatchObject({ replayed: 1, jobs: 1, left: 0 });
    const rest = await inbox.replay({ source: 'game', after: first.next! });
    expect(rest.next).toBeUndefined();
    expect((await inbox.list({ id: refund.id })).items).toMatchObject([{ status: 'ignored' }]);
    expect((await inbox.list({ id: early[1]!.id })).items).toMatchObject([{ status: 'accepted' }]);
    await apps[1]!.drain();
    expect(calls.filter((call) => call === `paid:${early[0]!.id}`)).toHaveLength(1);
    expect(calls.filter((call) => call === `paid:${early[1]!.id}`)).toHaveLength(1);
    // A second time, nothing is left to give.
    expect(await inbox.replay({ source: 'game' })).toMatchObject({ replayed: 0, jobs: 0 });
  });

  it('F-32 keeps the handlers while all workers are down, however long', async () => {
    const worker = await start([Billing]);
    const receiver = await startReceiver();
    apps.splice(apps.indexOf(worker), 1);
    await worker.close();
    clock.advance(2 * 86_400_000);
    expect((await send(receiver, 'order.paid', { total: 1 })).status).toBe('accepted');
    // The first to come back forgets nothing of those that come after it.
    const other = await start([Renamed]);
    const names = async () => (await known(other)).map(({ name }) => name);
    await pass(60_000, async () => (await seenAt(other, 'Renamed.booked')) > clock.now() - 60_000);
    expect(await names()).toContain('Billing.paid');
    await start([Billing]);
    await pass(600_000, async () => (await seenAt(other, 'Billing.paid')) > clock.now() - 60_000);
    expect(await names()).toEqual([
      'Billing.paid',
      'Billing.typed',
      'Renamed.booked',
      'rule:large',
    ]);
  });

  it('F-32 forgets a handler that no process has had for a day while others ran', async () => {
    const before = await start([Billing]);
    const receiver = await startReceiver();
    apps.splice(apps.indexOf(before), 1);
    await before.close();
    const after = await start([Renamed]);
    const names = async () => (await known(after)).map(({ name }) => name);
    await pass(
      86_000_000,
      async () => (await seenAt(after, 'Renamed.booked')) > clock.now() - 60_000,
    );
    expect(await names()).toContain('Billing.paid');
    await pass(600_000, async () => (await names()).length === 1);
    expect(await names()).toEqual(['Renamed.booked']);
    await pass(10_000, async () => {
      const { id } = await send(receiver, 'order.paid');
      return (await jobsOf(receiver, id)).every(({ name }) => name === 'Renamed.booked');
    });
  });

  it('F-32 gives an event what any of two versions of a handler wants, once', async () => {
    await start([Renamed]);
    await start([Wider]);
    const receiver = await startReceiver();
    expect(await known(receiver)).toHaveLength(2);
    const order = await send(receiver, 'order.paid');
    expect((await jobsOf(receiver, order.id)).map(({ name }) => name)).toEqual(['Renamed.booked']);
    expect((await send(receiver, 'refund')).status).toBe('accepted');
  });

  it('F-32 gives a handler that was narrowed no event that only the version before wanted', async () => {
    const before = await start([Wider]);
    apps.splice(apps.indexOf(before), 1);
    await before.close();
    const receiver = await startReceiver();
    // While no newer version is there, what was known of it holds, however long.
    clock.advance(600_000);
    expect((await send(receiver, 'refund')).status).toBe('accepted');
    await start([Renamed]);
    const later = await startReceiver();
    expect((await send(later, 'refund')).status).toBe('ignored');
    expect((await send(later, 'order.paid')).status).toBe('accepted');
    expect(await known(later)).toHaveLength(2);
  });

  it('F-32 of a renamed handler: a process with handlers of its own plans for those alone', async () => {
    await start([Billing]);
    const renamed = await start([Renamed]);
    const { id } = await send(renamed, 'order.sent');
    expect((await jobsOf(renamed, id)).map(({ name }) => name)).toEqual(['Renamed.booked']);
  });

  it('F-32 that runs jobs, but has no handlers, leaves theirs to others and uses up no attempts', async () => {
    const web = await start([]);
    const worker = await start([Billing]);
    await pass(10_000, async () => (await send(web, 'order.x')).status === 'accepted');
    const { id } = await send(web, 'order.sent');
    await web.drain();
    const [job] = await jobsOf(web, id);
    expect(job).toMatchObject({ name: 'Billing.paid' });
    // Whoever claims it first: it is run once, and nothing of its attempts is gone.
    clock.advance(60_000);
    await worker.drain();
    await web.drain();
    for (let round = 0; round < 5 && !calls.includes(`paid:${id}`); round++) {
      clock.advance(60_000);
      await worker.drain();
    }
    expect(calls.filter((call) => call === `paid:${id}`)).toHaveLength(1);
    const [done] = await jobsOf(web, id);
    expect(done!.maxAttempts - done!.attempt).toBe(2);
    const again = await start([]);
    expect(again.logger.text).toMatch(
      /no @OnWebhook handler and no @Rule.*Set `queue\.enabled: false`/,
    );
  });

  it('F-32 that runs jobs, but has no handlers, keeps no event from the workers', async () => {
    const before = await start([Billing]);
    const web = await start([]);
    // Nobody but this process is there to claim the job.
    apps.splice(apps.indexOf(before), 1);
    await before.close();
    const { id, status } = await send(web, 'order.sent');
    expect(status).toBe('accepted');
    await web.drain();
    expect(await jobsOf(web, id)).toMatchObject([
      { state: 'available', attempt: 0, dueAt: new Date(clock.now()) },
    ]);
    const worker = await start([Billing]);
    await worker.drain();
    expect(calls).toEqual([`paid:${id}`]);
  });

  it('F-32 fails the attempt of a handler that no process has any more', async () => {
    const before = await start([Billing]);
    const receiver = await startReceiver();
    apps.splice(apps.indexOf(before), 1);
    await before.close();
    const { id } = await send(receiver, 'order.sent');
    clock.advance(600_000);
    const after = await start([Renamed]);
    await after.drain();
    expect(await jobsOf(after, id)).toMatchObject([
      {
        state: 'retryable',
        lastError: 'Error: this process has no handler named Billing.paid',
        maxAttempts: 3,
      },
    ]);
  });

  describe('F-32 InboxService.replay', () => {
    it('keeps to source, type, status, and times, in batches', async () => {
      const receiver = await startReceiver();
      const inbox = receiver.app.get(InboxService);
      for (let index = 0; index < 120; index++) await send(receiver, 'order.sent');
      const from = new Date(clock.now() + 1);
      clock.advance(60_000);
      await send(receiver, 'order.sent');
      await send(receiver, 'order.paid', { total: 1 });
      await send(receiver, 'order.sent', {}, 'shop');
      const to = new Date(clock.now() + 1);
      clock.advance(60_000);
      await send(receiver, 'order.sent');
      const worker = await start([Billing]);
      const workers = worker.app.get(InboxService);
      expect(await inbox.replay({ from, to })).toMatchObject({ replayed: 0, left: 3 });
      expect(await workers.replay({ from, to, type: 'order.sent' })).toEqual({
        replayed: 1,
        jobs: 1,
        left: 1,
        next: undefined,
      });
      expect(await workers.replay({ tenant: 'nobody' })).toMatchObject({ replayed: 0, left: 0 });
      expect(await workers.replay({ source: 'game', limit: 70 })).toMatchObject({
        replayed: 70,
        jobs: 70,
        next: expect.any(String) as unknown,
      });
      // Two at once: each event is given once.
      const both = await Promise.all([
        workers.replay({ source: 'game' }),
        workers.replay({ source: 'game' }),
      ]);
      expect(both[0].replayed + both[1].replayed).toBe(52);
      await worker.drain();
      expect(calls.filter((call) => call.startsWith('paid:'))).toHaveLength(123);
      expect(new Set(calls).size).toBe(calls.length);
      expect(await workers.replay({ status: 'accepted', type: 'order.paid' })).toMatchObject({
        jobs: 3,
      });
    });

    it.each([0, -1, 1.5, Number.NaN])('refuses a limit of %d', async (limit) => {
      const receiver = await startReceiver();
      await expect(receiver.app.get(InboxService).replay({ limit })).rejects.toThrow(RangeError);
    });
  });
});

describe.each(ADAPTERS)('Start-up with %s', (adapter) => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await DATABASES[0]!.create();
  });

  afterEach(() => database.drop());

  it('F-33 says in one line what the application receives, has and uses', async () => {
    const app = await startApp({
      database,
      adapter,
      options: { sources },
      host: { providers: [Billing] },
      prepare: (created) => created.setGlobalPrefix('api'),
    });
    try {
      expect(app.logger.of('log', 'WebhookModule')).toEqual([
        expect.stringMatching(
          /^POST \/api\/webhooks\/:source from game, shop; 2 handlers, 1 rule, 0 pollers; better-sqlite3 '.*test\.db'$/,
        ),
      ]);
    } finally {
      await app.close();
    }
  });
});
