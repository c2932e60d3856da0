import { Injectable } from '@nestjs/common';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../lib/event/webhook-event.js';
import { NotificationService } from '../lib/notifications/notification.service.js';
import { JobEntity } from '../lib/queue/job.entity.js';
import type { JobView } from '../lib/queue/job.view.js';
import type { PauseTarget } from '../lib/queue/pauses/pause.js';
import { PauseService } from '../lib/queue/pauses/pause.service.js';
import { QueueService } from '../lib/queue/queue.service.js';
import { OnTimer } from '../lib/timers/on-timer.decorator.js';
import { TimerService } from '../lib/timers/timer.service.js';
import type { TestApp } from './support/application.js';
import { describeOnDatabases } from './support/databases.js';
import { Gate } from './support/gate.js';
import { sms, SmsChannel } from './support/notification.apps.js';
import { Billing, calls, WorkerApps } from './support/worker.apps.js';

const NOTE = { by: 'ann', reason: 'the shop is being moved' };

@Injectable()
class NotingChannel extends SmsChannel {
  override answer = () => {
    calls.push('sms');
    return Promise.resolve({ receipt: 'sent' });
  };
}

@Injectable()
class Alarms {
  @OnTimer('alarm')
  ring(): void {
    calls.push('alarm');
  }
}

@Injectable()
class Failing {
  static readonly started = new Gate();
  static gate = new Gate();

  @OnWebhook('order.*')
  fail(): void {
    throw new Error('not yet');
  }

  @OnWebhook('slow')
  async slow(): Promise<void> {
    Failing.started.open();
    await Failing.gate.opened;
    calls.push('slow');
  }
}

@Injectable()
class Ordered {
  @OnWebhook('step', { lane: () => 'one' })
  take(event: WebhookEvent<{ step: number }>): void {
    calls.push(String(event.data.step));
  }
}

const pauses = (app: TestApp): PauseService => app.app.get(PauseService);
const queue = (app: TestApp): QueueService => app.app.get(QueueService);

/** The jobs that wait, as the list shows them. */
const waiting = async (app: TestApp): Promise<readonly JobView[]> =>
  (await queue(app).list({ state: 'available' })).items;

describeOnDatabases('Pauses', (kind) => {
  const apps = new WorkerApps(kind);

  const start = (): Promise<TestApp> => {
    const notifications = { channels: [NotingChannel] };
    return apps.start([Billing, Alarms, NotingChannel], { notifications });
  };

  /** One event of each source, a notification and a timer. */
  const work = async (app: TestApp): Promise<void> => {
    await apps.send(app, 'order.paid', { total: 200 }, 'game');
    await apps.send(app, 'order.paid', { total: 300 }, 'shop');
    await app.app.get(NotificationService).notify(sms('key'));
    await app.app.get(TimerService).set('alarm', { key: 1, in: 0 });
  };

  const everything = ['alarm', 'large', 'large', 'paid', 'sms', 'typed', 'typed'];
  const seen = (): string[] => calls.map((call) => call.split(':')[0]!).toSorted();

  it.each<[string, PauseTarget, readonly string[], number]>([
    ['handler:Billing.paid', { handler: 'Billing.paid' }, ['paid'], 1],
    ['source:game', { source: 'game' }, ['large', 'paid', 'typed'], 3],
    ['rule:large', { rule: 'large' }, ['large', 'large'], 2],
    ['channel:sms', { channel: 'sms' }, ['sms'], 1],
    ['pool:handlers', { pool: 'handlers' }, ['paid', 'typed', 'typed'], 3],
    ['timer:alarm', { timer: 'alarm' }, ['alarm'], 1],
  ])('hold what they name, and nothing else: %s', async (label, target, held, jobs) => {
    const app = await start();
    await pauses(app).pause(target, NOTE);
    await work(app);
    await app.drain();
    const others = [...everything];
    for (const one of held) others.splice(others.indexOf(one), 1);
    expect(seen()).toEqual(others);
    const view = { state: 'available', dueAt: null, pausedBy: label, attempt: 0, leasedBy: null };
    const items = await waiting(app);
    expect(items).toEqual(items.map(() => expect.objectContaining(view) as JobView));
    expect(items).toHaveLength(jobs);
    expect(await queue(app).counts()).toMatchObject({ available: jobs, scheduled: 0 });
    expect(await queue(app).oldestWaitingMs()).toBe(0);
    expect(await queue(app).get(items[0]!.id)).toMatchObject(view);
    expect(await pauses(app).resume(target)).toBe(true);
    await app.drain();
    expect(seen()).toEqual(everything);
    expect(await waiting(app)).toEqual([]);
    expect(await pauses(app).resume(target)).toBe(false);
  });

  it('are listed with who, when and why, and pausing again changes nothing', async () => {
    const app = await start();
    const first = await pauses(app).pause({ handler: 'Billing.paid' }, NOTE);
    const view = { kind: 'handler', name: 'Billing.paid', ...NOTE, pausedAt: apps.clock.date };
    expect(first).toEqual(view);
    apps.clock.advance(1_000);
    const again = { by: 'bob', reason: 'other' };
    expect(await pauses(app).pause({ handler: 'Billing.paid' }, again)).toEqual(view);
    await pauses(app).pause({ pool: 'Billing.paid' }, again);
    const { items, next } = await pauses(app).list({}, { limit: 1 });
    expect(items).toMatchObject([{ kind: 'pool', by: 'bob' }]);
    expect((await pauses(app).list({}, { after: next })).items).toEqual([view]);
    expect((await pauses(app).list({ kind: 'handler' })).items).toEqual([view]);
    expect((await pauses(app).list({ kind: '\u0000' as 'pool' })).items).toEqual([]);
    expect(await pauses(app).get({ handler: 'Billing.paid' })).toEqual(view);
    expect(await pauses(app).get({ rule: 'Billing.paid' })).toBeUndefined();
  });

  it('of the same thing by two callers at once are one', async () => {
    const app = await start();
    const notes = ['ann', 'bob', 'eve'].map((by) => ({ by, reason: 'at once' }));
    const all = await Promise.all(notes.map((note) => pauses(app).pause({ source: 'game' }, note)));
    expect((await pauses(app).list()).items).toEqual([all[0]]);
    expect(new Set(all.map(({ by }) => by)).size).toBe(1);
  });

  it('hold a retry that becomes due, and keep its attempts and error', async () => {
    const app = await apps.start([Failing]);
    await apps.send(app, 'order.paid');
    await app.drain();
    await pauses(app).pause({ handler: 'Failing.fail' }, NOTE);
    apps.clock.advance(86_400_000);
    await app.drain();
    const [job] = await waiting(app);
    expect(job).toMatchObject({ attempt: 1, lastError: 'Error: not yet', dueAt: null });
    expect(await queue(app).retry(job!.id)).toBe(false);
    expect(await queue(app).attempts(job!.id)).toMatchObject({ items: [{ number: 1 }] });
    await pauses(app).resume({ handler: 'Failing.fail' });
    await app.drain();
    expect(await queue(app).get(job!.id)).toMatchObject({ state: 'retryable', attempt: 2 });
  });

  it('let a job that runs go on to its end', async () => {
    Failing.gate = new Gate();
    const app = await apps.start([Failing]);
    await apps.send(app, 'slow');
    await Failing.started.opened;
    await pauses(app).pause({ handler: 'Failing.slow' }, NOTE);
    Failing.gate.open();
    await app.drain();
    expect(calls).toEqual(['slow']);
    expect((await queue(app).list({ state: 'completed' })).items).toHaveLength(1);
  });

  it('let held jobs be cancelled', async () => {
    const app = await start();
    await pauses(app).pause({ handler: 'Billing.paid' }, NOTE);
    await apps.send(app, 'order.other');
    await app.drain();
    const [job] = await waiting(app);
    expect(await queue(app).cancel(job!.id)).toBe(true);
    await pauses(app).resume({ handler: 'Billing.paid' });
    await app.drain();
    expect(calls).toEqual([]);
    expect(await queue(app).get(job!.id)).toMatchObject({ state: 'cancelled', pausedBy: null });
  });

  it('of a handler with 1,000 jobs delay no other, and lease none of them again', async () => {
    const app = await start();
    await pauses(app).pause({ handler: 'Billing.paid' }, NOTE);
    await Promise.all(Array.from({ length: 1_000 }, () => apps.send(app, 'order.other')));
    await app.drain();
    const leases = async (): Promise<number[]> => {
      const rows = await app
        .dataSource()
        .getRepository(JobEntity)
        .find({ order: { id: 'ASC' } });
      return rows.filter(({ name }) => name === 'Billing.paid').map(({ lease }) => lease);
    };
    const before = await leases();
    expect(before).toHaveLength(1_000);
    expect(Math.max(...before)).toBeLessThanOrEqual(2);
    apps.clock.advance(120_000);
    await apps.send(app, 'order.paid', { total: 1 }, 'shop');
    await app.drain();
    expect(calls).toEqual(['typed:2']);
    expect(await leases()).toEqual(before);
    await pauses(app).resume({ handler: 'Billing.paid' });
    await app.drain();
    expect(calls).toHaveLength(1_001);
    expect(new Set(calls).size).toBe(1_001);
  });

  it('hold a lane by its head, which goes on in its order', async () => {
    const app = await apps.start([Ordered]);
    await pauses(app).pause({ handler: 'Ordered.take' }, NOTE);
    for (const step of [1, 2, 3, 4]) await apps.send(app, 'step', { step });
    await app.drain();
    expect((await waiting(app)).map(({ pausedBy }) => pausedBy)).toEqual([
      'handler:Ordered.take',
      null,
      null,
      null,
    ]);
    expect(await queue(app).counts()).toMatchObject({ available: 4, scheduled: 0 });
    await pauses(app).resume({ handler: 'Ordered.take' });
    await app.drain();
    expect(calls).toEqual(['1', '2', '3', '4']);
  });
});
