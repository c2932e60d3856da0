import { InvalidPauseError } from '../lib/queue/pauses/invalid-pause.error.js';
import { JobEntity } from '../lib/queue/job.entity.js';
import { HeldJobs } from '../lib/queue/pauses/held.jobs.js';
import { dueTimeOf, type PauseTarget } from '../lib/queue/pauses/pause.js';
import type { PauseNote } from '../lib/queue/pauses/pause-request.js';
import { PauseService } from '../lib/queue/pauses/pause.service.js';
import { Pauses } from '../lib/queue/pauses/pauses.js';
import { QueueService } from '../lib/queue/queue.service.js';
import type { TestApp } from './support/application.js';
import { describeOnDatabases } from './support/databases.js';
import { Billing, calls, WorkerApps } from './support/worker.apps.js';

const NOTE = { by: 'ann', reason: 'the shop is being moved' };
const PAID = { handler: 'Billing.paid' } as const;

const pauses = (app: TestApp): PauseService => app.app.get(PauseService);
const known = (app: TestApp): Pauses => app.app.get(Pauses, { strict: false });

async function until(isReached: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isReached())) await new Promise((resolve) => setImmediate(resolve));
}

describeOnDatabases('Pauses in several processes', (kind) => {
  const apps = new WorkerApps(kind);
  const start = (): Promise<TestApp> => apps.start([Billing]);

  const startReceiver = (): Promise<TestApp> => apps.start([Billing], { roles: ['receive'] });

  const held = (app: TestApp): Promise<number> =>
    app
      .dataSource()
      .getRepository(JobEntity)
      .countBy({ dueAt: dueTimeOf('handler:Billing.paid') });

  it('are in force in each of them within 2 s, and end there within 2 s', async () => {
    const receiver = await startReceiver();
    const worker = await start();
    await pauses(receiver).pause(PAID, NOTE);
    apps.clock.advance(1_000);
    await until(() => !known(worker).isEmpty);
    await apps.send(receiver, 'order.other');
    await worker.drain();
    expect(calls).toEqual([]);
    expect(await held(worker)).toBe(1);
    await pauses(receiver).resume(PAID);
    expect(await held(worker)).toBe(0);
    apps.clock.advance(1_000);
    await until(() => known(worker).isEmpty);
    await worker.drain();
    expect(calls).toHaveLength(1);
  });

  it('are in force in a process that starts, before its first job', async () => {
    const receiver = await startReceiver();
    await pauses(receiver).pause(PAID, NOTE);
    await apps.send(receiver, 'order.other');
    const worker = await start();
    await worker.drain();
    expect(calls).toEqual([]);
    expect(await held(worker)).toBe(1);
  });

  it('let go of jobs that a process holds before it has read of the end', async () => {
    const receiver = await startReceiver();
    const worker = await start();
    await pauses(worker).pause(PAID, NOTE);
    await pauses(receiver).resume(PAID);
    await apps.send(receiver, 'order.other');
    await worker.drain();
    expect(calls).toEqual([]);
    expect(await held(worker)).toBe(1);
    const queue = worker.app.get(QueueService);
    expect((await queue.list({ state: 'available' })).items).toMatchObject([
      { pausedBy: null, dueAt: null },
    ]);
    apps.clock.advance(1_000);
    await until(async () => (await held(worker)) === 0);
    await worker.drain();
    expect(calls).toHaveLength(1);
  });

  it('that end in two processes at once let each job run once', async () => {
    const [one, two] = [await start(), await start()];
    await pauses(one).pause(PAID, NOTE);
    await Promise.all(Array.from({ length: 20 }, () => apps.send(one, 'order.other')));
    await one.drain();
    const ended = await Promise.all([pauses(one).resume(PAID), pauses(two).resume(PAID)]);
    expect(ended.toSorted()).toEqual([false, true]);
    await Promise.all([one.drain(), two.drain()]);
    expect(new Set(calls).size).toBe(20);
    expect(calls).toHaveLength(20);
  });

  it('keep a suspect one', async () => {
    const worker = await start();
    await pauses(worker).pause(PAID, NOTE);
    await apps.send(worker, 'order.other');
    await worker.drain();
    const jobs = worker.dataSource().getRepository(JobEntity);
    await jobs.update({ name: 'Billing.paid' }, { lostLeases: 1 });
    await worker.app
      .get(HeldJobs, { strict: false })
      .release(dueTimeOf('handler:Billing.paid'), 'alone');
    expect(await jobs.findOneBy({ lostLeases: 1 })).toMatchObject({ dueAt: null, share: null });
    await worker.drain();
    expect(await jobs.findOneBy({ lostLeases: 1 })).toMatchObject({ attempt: 0, rescueAt: null });
    await pauses(worker).resume(PAID);
    await worker.drain();
    expect(calls).toHaveLength(1);
  });

  it.each<[string, unknown, unknown]>([
    ['target', undefined, NOTE],
    ['target', {}, NOTE],
    ['target', { handler: 'a', pool: 'b' }, NOTE],
    ['poller', { poller: 'users' }, NOTE],
    ['handler', { handler: 7 }, NOTE],
    ['handler', { handler: '' }, NOTE],
    ['source', { source: 'a\u0000' }, NOTE],
    ['pool', { pool: 'x'.repeat(256) }, NOTE],
    ['note', PAID, undefined],
    ['by', PAID, { reason: 'none' }],
    ['by', PAID, { ...NOTE, by: '\uD800' }],
    ['reason', PAID, { ...NOTE, reason: ' ' }],
    ['reason', PAID, { ...NOTE, reason: 'x'.repeat(1_001) }],
  ])('are refused by the name of what is wrong: %s', async (field, target, note) => {
    const receiver = await startReceiver();
    const paused = pauses(receiver).pause(target as PauseTarget, note as PauseNote);
    await expect(paused).rejects.toThrow(InvalidPauseError);
    await expect(paused).rejects.toMatchObject({ code: 'INVALID_PAUSE', field });
    expect((await pauses(receiver).list()).items).toEqual([]);
  });
});
