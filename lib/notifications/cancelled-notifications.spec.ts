import { describeOnDatabases } from '../../test/support/databases.js';
import { NotificationApps, sms } from '../../test/support/notification.apps.js';
import { JobEntity } from '../queue/job.entity.js';
import { Discard } from '../retry/discard.js';
import { RetryLater } from '../retry/retry-later.js';
import { httpPost } from './channels/http/http-post.notification.js';
import type { NotificationCancellation } from './notification.canceller.js';
import type { CancelOptions } from './notification.service.js';
import { NotificationEntity } from './notification.entity.js';
import { NotificationKeyEntity } from './notification-key.entity.js';

describeOnDatabases('cancel()', (kind) => {
  const apps = new NotificationApps(kind);

  const none = { cancelled: 0, stopped: 0, sending: 0, sent: 0 };

  /** A process that stores notifications, and another one that sends them when the test says so. */
  const startTwo = async () => {
    const asking = await apps.start({ queue: { enabled: false } });
    return { ...asking, sender: await apps.start() };
  };

  it('REQ-127 cancels what waits, which is not sent then', async () => {
    const { notifications, sender } = await startTwo();
    const { id } = await notifications.notify(sms('a'));
    expect(await notifications.cancel('a')).toEqual({ ...none, cancelled: 1 });
    await sender.worker.runDue();
    expect(sender.sms.sent).toEqual([]);
    expect(await notifications.get(id)).toMatchObject({ state: 'cancelled', sentAt: null });
    expect(await notifications.cancel('a')).toEqual(none);
  });

  it('frees the key: the next one is sent', async () => {
    const { notifications, sender } = await startTwo();
    const first = await notifications.notify(sms('a'));
    await notifications.cancel('a');
    const second = await notifications.notify(sms('a'));
    expect(second).toMatchObject({ status: 'queued' });
    expect(await notifications.notify(sms('a'))).toEqual({ status: 'duplicate', id: second.id });
    await sender.worker.runDue();
    expect(sender.sms.sent.map(({ id }) => id)).toEqual([second.id]);
    expect(await notifications.cancel('a')).toEqual({ ...none, sent: 1 });
    expect(await notifications.notify(sms('a'))).toEqual({ status: 'duplicate', id: second.id });
    expect(first.id).not.toBe(second.id);
  });

  it('REQ-127 says of one that is being sent that it is, and that it was sent', async () => {
    const { notifications, worker, sms: channel } = await apps.start();
    let end = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      channel.answer = () => {
        resolve();
        return new Promise((answer) => (end = () => answer({})));
      };
    });
    await notifications.notify(sms('a'));
    await begun;
    expect(await notifications.cancel('a')).toEqual({ ...none, sending: 1 });
    expect(await notifications.notify(sms('a'))).toMatchObject({ status: 'duplicate' });
    end();
    await worker.settled();
    expect(await notifications.cancel('a')).toEqual({ ...none, sent: 1 });
  });

  it('REQ-127 tells those apart of which an attempt had failed', async () => {
    const { notifications, worker, sms: channel } = await apps.start();
    channel.answer = () => Promise.resolve(new RetryLater(1_000, 'busy'));
    await notifications.notify(sms('a'));
    await worker.runDue();
    expect(await notifications.cancel('a')).toEqual({ ...none, stopped: 1 });
    apps.clock.advance(1_000);
    await worker.runDue();
    expect(channel.sent).toHaveLength(1);
    expect(await notifications.notify(sms('a'))).toMatchObject({ status: 'queued' });
  });

  it('counts one as sent that only waits to be recorded, and leaves discarded ones as they are', async () => {
    const { notifications, worker, dataSource, sms: channel } = await apps.start();
    channel.answer = () => Promise.resolve(new RetryLater(1_000, 'busy'));
    const { id } = await notifications.notify(sms('late'));
    await worker.runDue();
    await dataSource.getRepository(NotificationEntity).update(id, { sentAt: apps.clock.now() });
    expect(await notifications.cancel('late')).toEqual({ ...none, sent: 1 });
    channel.answer = () => Promise.resolve(new Discard('no such number'));
    const discarded = await notifications.notify(sms('discarded'));
    await worker.runDue();
    expect(await notifications.cancel('discarded')).toEqual(none);
    expect(await notifications.get(discarded.id)).toMatchObject({ state: 'discarded' });
  });

  it('finds one whose key had expired meanwhile, beside the one that has it now', async () => {
    const { notifications, sender } = await startTwo();
    await notifications.notify(sms('a'), { keepKeyFor: 1 });
    apps.clock.advance(1);
    await notifications.notify(sms('a'));
    expect(await notifications.cancel('a', { recipient: sms().payload.to })).toEqual({
      ...none,
      cancelled: 2,
    });
    await sender.worker.runDue();
    expect(sender.sms.sent).toEqual([]);
  });

  it('REQ-126 cancels for all recipients and channels, or for one', async () => {
    const { notifications } = await startTwo();
    const ask = async (): Promise<void> => {
      for (const to of ['+431', '+432', '+433']) await notifications.notify(sms('a', to));
      await notifications.notify(httpPost({ url: 'http://127.0.0.1:9/', json: 1, key: 'a' }));
      await notifications.notify(sms('b', '+431'));
    };
    const cancelled = async (options: CancelOptions): Promise<number> =>
      (await notifications.cancel('a', options)).cancelled;
    await ask();
    expect(await cancelled({ recipient: '+439' })).toBe(0);
    expect(await cancelled({ recipient: '+431', channel: 'http' })).toBe(0);
    expect(await cancelled({ recipient: '+431' })).toBe(1);
    expect(await cancelled({ recipient: '+432', channel: 'sms' })).toBe(1);
    expect(await cancelled({ channel: 'http' })).toBe(1);
    expect(await cancelled({})).toBe(1);
    await ask();
    expect(await cancelled({})).toBe(4);
    expect((await notifications.list({ key: 'b' })).items).toMatchObject([{ state: 'available' }]);
  });

  it('cancels any number, batch by batch', async () => {
    const { notifications, dataSource } = await startTwo();
    await dataSource.transaction(async (manager) => {
      for (let to = 0; to < 1_001; to++) {
        await notifications.notify(sms('welcome', `+43${to}`), { manager });
      }
    });
    expect(await notifications.cancel('welcome')).toEqual({ ...none, cancelled: 1_001 });
    expect(await dataSource.getRepository(NotificationKeyEntity).count()).toBe(0);
    expect(await dataSource.getRepository(JobEntity).countBy({ state: 'cancelled' })).toBe(1_001);
  });

  it('takes part in a transaction of the host', async () => {
    const { notifications, dataSource } = await startTwo();
    await notifications.notify(sms('a'));
    const work = dataSource.transaction(async (manager) => {
      await notifications.notify(sms('a', '+432'), { manager });
      expect(await notifications.cancel('a', { manager })).toEqual({ ...none, cancelled: 2 });
      expect(await notifications.notify(sms('a'), { manager })).toMatchObject({ status: 'queued' });
      throw new Error('rolled back');
    });
    await expect(work).rejects.toThrow('rolled back');
    expect((await notifications.list()).items).toMatchObject([{ state: 'available' }]);
    expect(await notifications.notify(sms('a'))).toMatchObject({ status: 'duplicate' });
    await expect(notifications.cancel('a', { manager: dataSource.manager })).rejects.toThrow(
      'The `manager` of cancel() has no open transaction',
    );
  });

  it('keeps one from being sent that an earlier version left without a job', async () => {
    const { notifications, dataSource } = await startTwo();
    const { id } = await notifications.notify(sms('a'));
    await dataSource.getRepository(JobEntity).delete({ ref: id });
    expect(await notifications.cancel('a')).toEqual(none);
    await notifications.notify(sms('b'));
    await dataSource.getRepository(NotificationEntity).update({ key: 'b' }, { queued: false });
    await dataSource.getRepository(JobEntity).clear();
    expect(await notifications.cancel('b')).toEqual({ ...none, cancelled: 1 });
    const recovering = await apps.start();
    await recovering.worker.runDue();
    expect(recovering.sms.sent).toEqual([]);
  });

  it.each<[string, unknown, unknown]>([
    ['key', undefined, {}],
    ['key', null, {}],
    ['key', '', {}],
    ['key', 7, {}],
    ['channel', 'a', { channel: null }],
    ['channel', 'a', { channel: '' }],
    ['recipient', 'a', { recipient: {} }],
  ])('refuses a wrong %s (%p, %p), and cancels nothing', async (field, key, options) => {
    const { notifications } = await startTwo();
    await notifications.notify(sms('a'));
    await expect(
      notifications.cancel(key as string, options as CancelOptions),
    ).rejects.toMatchObject({ code: 'INVALID_NOTIFICATION', field });
    expect((await notifications.list()).items).toMatchObject([{ state: 'available' }]);
  });

  it.each<[string, CancelOptions]>([
    ['a\u0000', {}],
    ['a', { channel: 'a\u0000' }],
    ['a', { channel: 'a\ud800', recipient: 'b\u0000' }],
    ['a'.repeat(1_000), { recipient: 'b'.repeat(10_000) }],
  ])('REQ-40 finds nothing for a text that cannot be stored', async (key, options) => {
    const { notifications } = await startTwo();
    expect(await notifications.cancel(key, options)).toEqual(none);
  });

  it('REQ-127 against a process that sends: what counts as cancelled is never sent', async () => {
    const asking = await apps.start({ queue: { enabled: false } });
    const oneByOne = { queue: { concurrency: 1, prefetch: 0 } };
    // One thread cannot wait for itself: on SQLite one process sends and cancels.
    const senders = [await apps.start(oneByOne)];
    if (kind.name !== 'SQLite') senders.push(await apps.start(oneByOne));
    const canceller = kind.name === 'SQLite' ? senders[0]! : asking;
    const keys = Array.from({ length: 60 }, (_, index) => `key ${index}`);
    for (const key of keys) await asking.notifications.notify(sms(key));
    const answers: [key: string, answer: Promise<NotificationCancellation>][] = [];
    for (const sender of senders) {
      sender.sms.answer = () => {
        // From the last to the first: the two meet.
        for (const key of keys.splice(-2)) {
          answers.push([key, canceller.notifications.cancel(key)]);
        }
        return Promise.resolve({});
      };
    }
    await Promise.all(senders.map(({ worker }) => worker.runDue()));
    await Promise.all(answers.map(([, answer]) => answer));
    for (const sender of senders) await sender.worker.runDue();

    const sent = new Set(senders.flatMap((sender) => sender.sms.sent.map(({ id }) => id)));
    let cancelled = 0;
    for (const [key, answer] of answers) {
      const [notification] = (await asking.notifications.list({ key })).items;
      const counts = await answer;
      const isSent = sent.has(notification!.id);
      expect([key, counts]).toEqual([key, { ...counts, cancelled: isSent ? 0 : 1, stopped: 0 }]);
      cancelled += counts.cancelled;
    }
    expect(cancelled).toBeGreaterThan(0);
    expect(sent.size).toBe(60 - cancelled);
  });
});
