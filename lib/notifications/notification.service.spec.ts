import { describeOnDatabases } from '../../test/support/databases.js';
import { NotificationApps, sms } from '../../test/support/notification.apps.js';
import { Discard } from '../retry/discard.js';
import { email } from './channels/email/email.notification.js';
import { httpPost } from './channels/http/http-post.notification.js';
import type { Notification } from './notification.js';
import { NotificationService } from './notification.service.js';

describeOnDatabases(NotificationService.name, (kind) => {
  const apps = new NotificationApps(kind);

  const failure = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );

  describe('notify', () => {
    it('stores a notification, has it sent, and keeps what became of it', async () => {
      const { notifications, worker, sms: channel } = await apps.start();
      const result = await notifications.notify(sms('welcome:1'));
      expect(result.status).toBe('queued');
      await worker.runDue();
      expect(channel.sent).toMatchObject([
        {
          id: result.id,
          payload: { to: '+431234' },
          attempt: 1,
          createdAt: new Date(apps.clock.now()),
        },
      ]);
      expect(await notifications.get(result.id)).toEqual({
        id: result.id,
        channel: 'sms',
        recipient: '+431234',
        key: 'welcome:1',
        state: 'completed',
        createdAt: new Date(apps.clock.now()),
        sentAt: new Date(apps.clock.now()),
        receipt: 'ticket 1',
        lastError: null,
      });
    });

    it('REQ-53 does not wait for the sending', async () => {
      const { notifications, sms: channel } = await apps.start();
      const sending = new Promise<void>((begun) => {
        channel.answer = () => {
          begun();
          return new Promise(() => undefined);
        };
      });
      const { id } = await notifications.notify(sms());
      await sending;
      expect(await notifications.get(id)).toMatchObject({ state: 'running', sentAt: null });
    });

    it('sends once per key, however often and by however many processes it is asked', async () => {
      const processes = [await apps.start(), await apps.start()];
      // One thread cannot wait for itself: two processes on SQLite are asked one after the other.
      const atOnce = kind.name === 'SQLite' ? processes.slice(0, 1) : processes;
      const ask = ({ notifications }: (typeof processes)[0]) =>
        Array.from({ length: 5 }, () => notifications.notify(sms('same')));
      const results = await Promise.all(atOnce.flatMap(ask));
      for (const process of processes) results.push(...(await Promise.all(ask(process))));
      expect(results.filter(({ status }) => status === 'queued')).toHaveLength(1);
      expect(new Set(results.map(({ id }) => id)).size).toBe(1);
      for (const { worker } of processes) await worker.runDue();
      expect(processes.flatMap((process) => process.sms.sent)).toHaveLength(1);
    });

    it('does not take the same key of two channels for one', async () => {
      const { notifications } = await apps.start();
      const post = httpPost({ url: 'http://127.0.0.1:9/', json: 1, key: 'same' });
      expect(await notifications.notify(sms('same'))).toMatchObject({ status: 'queued' });
      expect(await notifications.notify(post)).toMatchObject({ status: 'queued' });
    });

    it('REQ-32 sends each one without a key', async () => {
      const { notifications, worker, sms: channel } = await apps.start();
      const withNull = { ...sms(), key: null } as unknown as Notification;
      for (const notification of [sms(), sms(), withNull, withNull]) {
        expect(await notifications.notify(notification)).toMatchObject({ status: 'queued' });
      }
      await worker.runDue();
      expect(new Set(channel.sent.map(({ id }) => id)).size).toBe(4);
    });

    it('lets the key of the options go first', async () => {
      const { notifications } = await apps.start();
      await notifications.notify(sms('own'), { key: 'given' });
      expect((await notifications.list()).items).toMatchObject([{ key: 'given' }]);
    });

    it.each([
      ['REQ-27 that is as long as fits', 'k'.repeat(255), 'k'.repeat(255)],
      ['REQ-27 that is longer', 'k'.repeat(256), expect.stringMatching(/^sha256:[0-9a-f]{64}$/)],
      ['REQ-40 with a NUL', 'a\u0000', expect.stringMatching(/^sha256:/)],
      ['REQ-40 with a lone surrogate', 'a\ud800', expect.stringMatching(/^sha256:/)],
    ])('takes a key %s', async (_, key, stored) => {
      const { notifications } = await apps.start();
      const first = await notifications.notify(sms(key));
      expect(await notifications.notify(sms(key))).toEqual({ status: 'duplicate', id: first.id });
      expect((await notifications.list({ key })).items).toMatchObject([
        { id: first.id, key: stored },
      ]);
    });

    it('REQ-40 keeps a payload and a receipt as they are, or storable', async () => {
      const { notifications, worker, sms: channel } = await apps.start();
      channel.answer = () => Promise.resolve({ receipt: 'a\u0000\nb' });
      const payload = { to: '+43\u0000', text: 'x\u0000\ud800😀' };
      const { id } = await notifications.notify({ channel: 'sms', payload });
      await worker.runDue();
      expect(channel.sent[0]!.payload).toEqual(payload);
      expect(await notifications.get(id)).toMatchObject({ recipient: '+43 ', receipt: 'a b' });
    });

    it.each<[string, Notification, string]>([
      ['an unknown channel', { channel: 'pigeon', payload: {} }, 'UNKNOWN_CHANNEL'],
      [
        'REQ-44 a channel that is a property of objects',
        { channel: 'toString', payload: {} },
        'UNKNOWN_CHANNEL',
      ],
      [
        'a payload that JSON cannot hold',
        { channel: 'sms', payload: { to: () => '' } },
        'INVALID_NOTIFICATION',
      ],
      ['an empty key', sms(''), 'INVALID_NOTIFICATION'],
      ['a post to no URL', httpPost({ url: 'chat', json: 1 }), 'INVALID_NOTIFICATION'],
      [
        'an e-mail without a mailer',
        email({ to: 'a@example.com', subject: '', text: '' }),
        'CONFIGURATION',
      ],
    ])('refuses %s, and stores nothing', async (_, notification, code) => {
      const { notifications, queue } = await apps.start();
      expect(await failure(notifications.notify(notification))).toMatchObject({ code });
      expect((await notifications.list()).items).toEqual([]);
      expect((await queue.list()).items).toEqual([]);
    });

    it('names the known channels', async () => {
      const { notifications } = await apps.start();
      await expect(notifications.notify({ channel: 'pigeon', payload: {} })).rejects.toThrow(
        "There is no notification channel 'pigeon', only: email, http, sms.",
      );
    });
  });

  describe('list', () => {
    it('gives the newest first, filtered and limited', async () => {
      const { notifications, worker, sms: channel } = await apps.start();
      const ids: string[] = [];
      for (const to of ['+431', '+432', '+431']) {
        ids.unshift((await notifications.notify(sms(`key ${ids.length}`, to))).id);
      }
      channel.answer = ({ id }) =>
        Promise.resolve(id === ids[0] ? new Discard('no such number') : {});
      await worker.runDue();
      const listed = async (
        filter: Parameters<NotificationService['list']>[0],
      ): Promise<string[]> => (await notifications.list(filter)).items.map(({ id }) => id);
      expect(await listed({})).toEqual(ids);
      expect((await notifications.list({}, { limit: 1 })).items).toMatchObject([{ id: ids[0] }]);
      expect(await listed({ recipient: '+431' })).toEqual([ids[0], ids[2]]);
      expect(await listed({ recipient: '+43' })).toEqual([]);
      expect(await listed({ key: 'key 1' })).toEqual([ids[1]]);
      expect(await listed({ channel: 'http' })).toEqual([]);
      expect(await listed({ channel: 'sms', state: 'completed' })).toEqual([ids[1], ids[2]]);
      expect((await notifications.list({ state: 'discarded' })).items).toMatchObject([
        { id: ids[0], sentAt: null, receipt: null, lastError: 'no such number' },
      ]);
    });
  });

  describe('get', () => {
    it('gives nothing for an unknown id', async () => {
      const { notifications } = await apps.start();
      expect(await notifications.get('0190a0a0-0000-7000-8000-000000000001')).toBeUndefined();
      expect(await notifications.get('no id')).toBeUndefined();
    });
  });
});
