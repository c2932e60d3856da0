import { InboxService } from '../lib/inbox/inbox.service.js';
import { JobEntity } from '../lib/queue/job.entity.js';
import { QueueService } from '../lib/queue/queue.service.js';
import { Pruner } from '../lib/retention/pruner.js';
import type { TestApp } from './support/application.js';
import { describeOnDatabases } from './support/databases.js';
import { done, doneBy, failing, LaneEffect, LaneHandlers, odd } from './support/lane.handlers.js';
import { jobsOf, WorkerApps } from './support/worker.apps.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

beforeEach(() => {
  done.length = 0;
  failing.clear();
  odd.lane = () => undefined;
});

describeOnDatabases('F-40 Handlers with lanes', (kind) => {
  const apps = new WorkerApps(kind, [LaneEffect]);

  /** Sends steps, such as `a1`, one after the other; returns the ids of their events. */
  const send = async (app: TestApp, type: string, ...steps: string[]): Promise<string[]> => {
    const ids: string[] = [];
    for (const text of steps) {
      const { id, status } = await apps.send(app, type, {
        of: text.slice(0, -1),
        step: Number(text.at(-1)),
      });
      expect(status).toBe('accepted');
      ids.push(id);
    }
    return ids;
  };

  const jobOf = async (app: TestApp, id: string, name: string) =>
    (await jobsOf(app, id)).find((job) => job.name === `LaneHandlers.${name}`)!;

  it('get the events of a lane in order over retries; others wait for none of them', async () => {
    const app = await apps.start([LaneHandlers]);
    failing.add('order:a1');
    await send(app, 'order.paid', 'a1', 'a2', 'b1', 'a3');
    await app.drain();
    expect(doneBy('order')).toEqual(['a1', 'b1']);
    expect(doneBy('all').toSorted()).toEqual(['a1', 'a2', 'a3', 'b1']);
    await send(app, 'order.sent', 'a4', 'b2');
    await app.drain();
    expect(doneBy('order')).toEqual(['a1', 'b1', 'b2']);
    failing.clear();
    apps.clock.advance(HOUR_MS);
    await app.drain();
    expect(doneBy('order')).toEqual(['a1', 'b1', 'b2', 'a1', 'a2', 'a3', 'a4']);
  });

  it('get a repeated event once', async () => {
    const app = await apps.start([LaneHandlers]);
    const body = JSON.stringify({ id: 'same', type: 'order.paid', data: { of: 'a', step: 1 } });
    const post = () => app.post('/webhooks/game', body, { 'content-type': 'application/json' });
    const answers = await Promise.all([post(), post(), post()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await app.drain();
    await post();
    await app.drain();
    expect(doneBy('order')).toEqual(['a1']);
  });

  it('commit a lane in its order in transactions', async () => {
    const app = await apps.start([LaneHandlers]);
    failing.add('paid:a1');
    await send(app, 'paid', 'a1', 'a2', 'b1');
    await app.drain();
    const effects = async () =>
      (
        await app
          .dataSource()
          .getRepository(LaneEffect)
          .find({ order: { id: 'ASC' } })
      ).map(({ text }) => text);
    expect(await effects()).toEqual(['b1']);
    failing.clear();
    apps.clock.advance(HOUR_MS);
    await app.drain();
    expect(await effects()).toEqual(['b1', 'a1', 'a2']);
  });

  it("pass a discarded event with 'skip'", async () => {
    const app = await apps.start([LaneHandlers]);
    failing.add('order:a1');
    await send(app, 'order.paid', 'a1', 'a2');
    await app.drain();
    apps.clock.advance(HOUR_MS);
    await app.drain();
    expect(doneBy('order')).toEqual(['a1', 'a1', 'a2']);
  });

  it.each(['retry', 'cancel'] as const)(
    "wait for a discarded event with 'hold', which retention keeps, until somebody calls %s",
    async (call) => {
      const app = await apps.start([LaneHandlers]);
      failing.add('held:a1');
      const [first] = await send(app, 'held', 'a1', 'a2', 'b1');
      await app.drain();
      apps.clock.advance(200 * DAY_MS);
      await app.app.get(Pruner, { strict: false }).prune();
      await app.drain();
      expect(doneBy('held')).toEqual(['a1', 'b1']);
      const { id, state } = await jobOf(app, first!, 'held');
      expect(state).toBe('discarded');

      failing.clear();
      expect(await app.app.get(QueueService)[call](id)).toBe(true);
      await app.drain();
      expect(doneBy('held')).toEqual(['a1', 'b1', ...(call === 'retry' ? ['a1'] : []), 'a2']);
    },
  );

  it.each<[string, () => unknown]>([
    ['no text', () => ''],
    ['null', () => null],
    ['undefined', () => undefined],
  ])('handle an event whose lane is %s without one', async (_, lane) => {
    const app = await apps.start([LaneHandlers]);
    odd.lane = lane;
    failing.add('odd:odd1');
    const [first] = await send(app, 'odd', 'odd1', 'odd2');
    await app.drain();
    expect(doneBy('odd')).toEqual(['odd1', 'odd2']);
    expect(await jobOf(app, first!, 'odd')).toMatchObject({ lane: null });
  });

  it.each<[string, () => unknown]>([
    ['a number', () => 5],
    ['a bigint', () => 2n ** 70n],
    ['a text of 10,000 characters', () => 'ä'.repeat(10_000)],
    ['U+0000', () => '\0'],
    ['half of a surrogate pair', () => '\ud83d'],
    ['blank', () => ' '],
    ['like a property', () => '__proto__'],
  ])('keep the order of a lane that is %s', async (_, lane) => {
    const app = await apps.start([LaneHandlers]);
    odd.lane = lane;
    failing.add('odd:odd1');
    await send(app, 'odd', 'odd1', 'odd2', 'b1');
    await app.drain();
    expect(doneBy('odd')).toEqual(['odd1', 'b1']);
    failing.clear();
    apps.clock.advance(HOUR_MS);
    await app.drain();
    expect(doneBy('odd')).toEqual(['odd1', 'b1', 'odd1', 'odd2']);
  });

  it.each<[string, () => unknown, RegExp]>([
    [
      'throws',
      () => {
        throw new Error('no such order');
      },
      /no such order/,
    ],
    ['gives a promise', () => Promise.reject(new Error('late')), /`lane` gave a promise/],
    ['gives an object', () => ({}), /`lane` gave a object/],
    ['gives a boolean', () => true, /`lane` gave a boolean/],
    ['gives a symbol', () => Symbol('lane'), /`lane` gave a symbol/],
  ])(
    'accept an event whose function %s, say so in its job, and keep no other waiting',
    async (_, lane, said) => {
      const app = await apps.start([LaneHandlers]);
      odd.lane = lane;
      const [first] = await send(app, 'odd', 'odd1', 'odd2', 'b1', 'b2');
      await app.drain();
      expect(doneBy('odd')).toEqual(['b1', 'b2']);
      const job = await jobOf(app, first!, 'odd');
      expect(job).toMatchObject({ state: 'retryable', attempt: 1, lane: null });
      expect(job.lastError).toMatch(said);
      // It enters its lane once the function gives one.
      odd.lane = () => 'mended';
      apps.clock.advance(HOUR_MS);
      await app.drain();
      expect(doneBy('odd')).toEqual(['b1', 'b2', 'odd1', 'odd2']);
      expect(await jobOf(app, first!, 'odd')).toMatchObject({
        state: 'completed',
        lane: '["LaneHandlers.odd","mended"]',
      });
    },
  );

  it('replay events in the order of their arrival, each in its lane', async () => {
    const receiver = await apps.startReceiver();
    const events: string[] = [];
    for (const text of ['a1', 'a2', 'b1', 'a3']) {
      const data = { of: text[0], step: Number(text[1]) };
      const { id, status } = await apps.send(receiver, 'order.paid', data);
      expect(status).toBe('ignored');
      events.push(id);
    }
    const worker = await apps.start([LaneHandlers]);
    failing.add('order:a1');
    const inbox = worker.app.get(InboxService);
    expect(await inbox.replay({})).toMatchObject({ replayed: 4 });
    await worker.drain();
    expect(doneBy('order')).toEqual(['a1', 'b1']);
    failing.clear();
    apps.clock.advance(HOUR_MS);
    await worker.drain();
    expect(doneBy('order')).toEqual(['a1', 'b1', 'a1', 'a2', 'a3']);
    expect(await jobOf(worker, events[3]!, 'order')).toMatchObject({
      lane: '["LaneHandlers.order","a"]',
    });
  });

  it('go on with a lane whose head somebody has deleted, when retention has run', async () => {
    const app = await apps.start([LaneHandlers], { retention: { enabled: false } });
    failing.add('order:a1');
    const [first] = await send(app, 'order.paid', 'a1', 'a2');
    await app.drain();
    const { id } = await jobOf(app, first!, 'order');
    await app.dataSource().getRepository(JobEntity).delete({ id });
    apps.clock.advance(HOUR_MS);
    await app.drain();
    expect(doneBy('order')).toEqual(['a1']);
    await app.app.get(Pruner, { strict: false }).prune();
    await app.drain();
    expect(doneBy('order')).toEqual(['a1', 'a2']);
  });

  describe('of another process than the one that receives', () => {
    it('get the events of a lane in order, and hold up no other lane', async () => {
      const worker = await apps.start([LaneHandlers]);
      const receiver = await apps.startReceiver();
      failing.add('order:a1');
      const ids = await send(receiver, 'order.paid', 'a1', 'b1', 'a2', 'b2');
      expect(await jobOf(worker, ids[3]!, 'order')).toMatchObject({
        lane: '["LaneHandlers.order"]',
      });
      await worker.drain();
      expect(doneBy('order').filter((step) => step !== 'a1')).toEqual(['b1', 'b2']);
      expect(await jobOf(worker, ids[3]!, 'order')).toMatchObject({
        lane: '["LaneHandlers.order","b"]',
      });
      failing.clear();
      apps.clock.advance(HOUR_MS);
      await worker.drain();
      expect(doneBy('order').filter((step) => step.startsWith('a'))).toEqual(['a1', 'a1', 'a2']);
    });

    it("wait for a discarded event with 'hold'", async () => {
      const worker = await apps.start([LaneHandlers]);
      const receiver = await apps.startReceiver();
      failing.add('held:a1');
      await send(receiver, 'held', 'a1', 'a2', 'b1');
      await worker.drain();
      apps.clock.advance(HOUR_MS);
      await worker.drain();
      expect(doneBy('held')).toEqual(['a1', 'b1']);
    });

    it('get others while the function throws for one', async () => {
      const worker = await apps.start([LaneHandlers]);
      const receiver = await apps.startReceiver();
      odd.lane = () => {
        throw new Error('no such order');
      };
      const [first] = await send(receiver, 'odd', 'odd1', 'b1');
      await worker.drain();
      expect(doneBy('odd')).toEqual(['b1']);
      expect(await jobOf(worker, first!, 'odd')).toMatchObject({ state: 'retryable', lane: null });
      apps.clock.advance(HOUR_MS);
      await worker.drain();
      expect(await jobOf(worker, first!, 'odd')).toMatchObject({ state: 'discarded' });
    });
  });
});
