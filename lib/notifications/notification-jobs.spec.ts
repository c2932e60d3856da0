import { describeOnDatabases } from '../../test/support/databases.js';
import { FakeClock } from '../../test/support/fake.clock.js';
import { NotificationApps, sms } from '../../test/support/notification.apps.js';
import { JobEntity } from '../queue/job.entity.js';
import { QUEUE_OPTIONS } from '../queue/queue.options.js';
import { Discard } from '../retry/discard.js';
import { RetryLater } from '../retry/retry-later.js';
import { NotificationEntity } from './notification.entity.js';

describeOnDatabases('The job of a notification', (kind) => {
  const apps = new NotificationApps(kind);

  it('is retried with growing delays when its channel throws', async () => {
    const { notifications, worker, sms: channel } = await apps.start();
    channel.answer = () => Promise.reject(new Error('gateway down'));
    const { id } = await notifications.notify(sms());
    await worker.runDue();
    expect(await notifications.get(id)).toMatchObject({
      state: 'retryable',
      sentAt: null,
      lastError: 'Error: gateway down',
    });
    channel.answer = () => Promise.resolve({});
    apps.clock.advance(20_000);
    await worker.runDue();
    expect(channel.sent.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(await notifications.get(id)).toMatchObject({
      state: 'completed',
      sentAt: new Date(apps.clock.now()),
      receipt: null,
    });
  });

  it('comes back when its channel asks for it, and can be sent by hand once it is discarded', async () => {
    const { notifications, worker, queue, sms: channel } = await apps.start();
    const { id } = await notifications.notify(sms());
    channel.answer = () => Promise.resolve(new RetryLater(60_000, 'rate limited'));
    await worker.runDue();
    const [job] = (await queue.list({ ref: id })).items;
    expect(job).toMatchObject({ state: 'retryable', dueAt: new Date(apps.clock.now() + 60_000) });

    apps.clock.advance(60_000);
    channel.answer = () => Promise.resolve(new Discard('no such number'));
    await worker.runDue();
    expect(await notifications.get(id)).toMatchObject({ state: 'discarded' });

    channel.answer = () => Promise.resolve({ receipt: 'ticket 2' });
    expect(await queue.retryDiscarded(id)).toBe(1);
    await worker.runDue();
    expect(await notifications.get(id)).toMatchObject({
      state: 'completed',
      receipt: 'ticket 2',
    });
  });

  it('is repeated once, by its id, when the process dies between sending and recording', async () => {
    const dying = await apps.start();
    const { id } = await dying.notifications.notify(sms());
    const died = new Promise<void>((resolve) => {
      dying.sms.answer = () => {
        // All that this process does from now on is lost.
        jest.spyOn(dying.database, 'managed').mockImplementation(() => {
          resolve();
          return new Promise(() => undefined);
        });
        return Promise.resolve({});
      };
    });
    await died;
    const later = new FakeClock(apps.clock.now() + QUEUE_OPTIONS.defaults.leaseMs + 1);
    const rescuer = await apps.start({ clock: later });
    await rescuer.worker.runDue();
    expect([...dying.sms.sent, ...rescuer.sms.sent].map((message) => message.id)).toEqual([id, id]);
    expect(await rescuer.notifications.get(id)).toMatchObject({ state: 'completed' });
    later.advance(QUEUE_OPTIONS.defaults.leaseMs + 1);
    expect(await rescuer.worker.runDue()).toBe(0);
  });

  it('is not repeated because the database was away after the sending', async () => {
    const { notifications, worker, database: sql, sms: channel } = await apps.start();
    const { id } = await notifications.notify(sms());
    await worker.runDue();
    expect(channel.sent).toHaveLength(1);

    const second = await notifications.notify(sms());
    const waits = new Promise<void>((resolve) => {
      channel.answer = () => {
        jest.spyOn(sql, 'managed').mockRejectedValueOnce(new Error('connection lost'));
        const schedule = apps.clock.schedule.bind(apps.clock);
        jest.spyOn(apps.clock, 'schedule').mockImplementation((callback, delayMs) => {
          const cancel = schedule(callback, delayMs);
          if (delayMs === 1_000 && apps.lines.some((line) => line.includes('is sent failed')))
            resolve();
          return cancel;
        });
        return Promise.resolve({ receipt: 'ticket 2' });
      };
    });
    await waits;
    apps.clock.advance(1_000);
    await worker.settled();
    expect(channel.sent.map((message) => message.id)).toEqual([id, second.id]);
    expect(await notifications.get(second.id)).toMatchObject({
      state: 'completed',
      receipt: 'ticket 2',
    });
  });

  it('is not repeated when its channel succeeded after its time was over', async () => {
    const { notifications, worker, sms: channel } = await apps.start();
    let succeed = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      channel.answer = () => {
        resolve();
        return new Promise((answer) => (succeed = () => answer({ receipt: 'late' })));
      };
    });
    const { id } = await notifications.notify(sms());
    await begun;
    apps.clock.advance(30_000);
    await worker.settled();
    expect(channel.sent[0]!.signal.aborted).toBe(true);
    expect(await notifications.get(id)).toMatchObject({ state: 'retryable', sentAt: null });

    succeed();
    let entry = await notifications.get(id);
    while (entry?.sentAt === null) entry = await notifications.get(id);
    apps.clock.advance(20_000);
    await worker.runDue();
    expect(channel.sent).toHaveLength(1);
    expect(await notifications.get(id)).toMatchObject({ state: 'completed', receipt: 'late' });
  });

  it('waits for a process that has its channel', async () => {
    const { notifications, worker } = await apps.start();
    const { id } = await notifications.notify(sms());
    await worker.runDue();
    const other = await apps.start({ channels: [] });
    const second = await other.notifications
      .notify(sms())
      .catch((error: unknown) => error as Error);
    expect(second).toBeInstanceOf(Error);
    await other.dataSource.getRepository(NotificationEntity).update(id, { sentAt: null });
    await other.dataSource
      .getRepository(JobEntity)
      .update({ ref: id }, { state: 'available', dueAt: apps.clock.now() });
    await other.worker.runDue();
    expect(await other.notifications.get(id)).toMatchObject({
      state: 'retryable',
      lastError: expect.stringContaining("no notification channel 'sms'"),
    });
  });
});
