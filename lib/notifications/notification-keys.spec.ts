import { describeOnDatabases } from '../../test/support/databases.js';
import { NotificationApps, sms } from '../../test/support/notification.apps.js';
import { RETENTION_OPTIONS } from '../retention/retention.options.js';
import { email } from './channels/email/email.notification.js';
import { httpPost } from './channels/http/http-post.notification.js';
import { NotificationEntity } from './notification.entity.js';
import { NotificationKeyEntity } from './notification-key.entity.js';
import type { NotifyOptions } from './notification.service.js';

const DAY_MS = 86_400_000;

describeOnDatabases('The key of a notification', (kind) => {
  const apps = new NotificationApps(kind);

  it('REQ-126 reaches each of many recipients once', async () => {
    const { notifications, worker, sms: channel } = await apps.start();
    const numbers = ['+431', '+432', '+43', '1'];
    for (const to of [...numbers, ...numbers]) await notifications.notify(sms('welcome', to));
    await worker.runDue();
    expect(channel.sent.map(({ payload }) => payload.to).toSorted()).toEqual(numbers.toSorted());
    expect((await notifications.list({ key: 'welcome' })).items).toHaveLength(4);
    expect((await notifications.list({ key: 'welcome', recipient: '+432' })).items).toHaveLength(1);
  });

  it('REQ-126 keeps recipients apart that differ only behind what the log shows', async () => {
    const { notifications } = await apps.start();
    const long = '0'.repeat(3_000);
    for (const to of [`${long}1`, `${long}2`]) {
      expect(await notifications.notify(sms('welcome', to))).toMatchObject({ status: 'queued' });
      expect(await notifications.notify(sms('welcome', to))).toMatchObject({ status: 'duplicate' });
    }
  });

  it('REQ-125 outlives its notification, for ever by default', async () => {
    const { notifications, worker, dataSource, pruner } = await apps.start();
    const { id } = await notifications.notify(sms('welcome'));
    await worker.runDue();
    apps.clock.advance((RETENTION_OPTIONS.defaults.completedDays + 1) * DAY_MS);
    await pruner.prune();
    await dataSource.getRepository(NotificationEntity).delete({ id });
    expect((await notifications.list()).items).toEqual([]);
    expect(await notifications.notify(sms('welcome'))).toEqual({ status: 'duplicate', id });
  });

  it.each<[string, Parameters<NotificationApps['start']>[0], object, NotifyOptions]>([
    ['notifications.keepKeyFor', { keepKeyFor: 1_000 }, {}, {}],
    ['its notification', {}, { keepKeyFor: 1_000 }, {}],
    ['notify()', { keepKeyFor: 7 }, { keepKeyFor: Infinity }, { keepKeyFor: 1_000 }],
    ['a text of notifications.keepKeyFor', { keepKeyFor: '1s' }, {}, {}],
    ['a text of its notification', {}, { keepKeyFor: '1s' }, {}],
    ['a text of notify()', { keepKeyFor: '7d' }, { keepKeyFor: 7 }, { keepKeyFor: '1s' }],
  ])('REQ-125 is kept for the time that %s says', async (_, setup, own, options) => {
    const { notifications } = await apps.start(setup);
    const notification = { ...sms('welcome'), ...own };
    const first = await notifications.notify(notification, options);
    apps.clock.advance(999);
    expect(await notifications.notify(notification, options)).toEqual({
      status: 'duplicate',
      id: first.id,
    });
    apps.clock.advance(1);
    const second = await notifications.notify(notification, options);
    expect(second.status).toBe('queued');
    // Counted from the one that is there now.
    apps.clock.advance(999);
    expect(await notifications.notify(notification, options)).toEqual({
      status: 'duplicate',
      id: second.id,
    });
  });

  it.each([0, -1, 1.5, NaN, '', '0s', '1 day', {}])(
    'REQ-125 cannot be kept for %p',
    async (keepKeyFor) => {
      const { notifications } = await apps.start();
      const options = { keepKeyFor } as unknown as NotifyOptions;
      await expect(notifications.notify(sms('welcome'), options)).rejects.toMatchObject({
        code: 'INVALID_NOTIFICATION',
        field: 'keepKeyFor',
      });
      expect((await notifications.list()).items).toEqual([]);
    },
  );

  it('is kept for ever where its time ends after the last date', async () => {
    const { notifications, dataSource } = await apps.start();
    await notifications.notify(sms('welcome'), { keepKeyFor: Number.MAX_SAFE_INTEGER });
    expect(await dataSource.getRepository(NotificationKeyEntity).find()).toMatchObject([
      { expiresAt: null },
    ]);
  });

  it('REQ-125 is deleted batch by batch once its time is over', async () => {
    const { notifications, dataSource, pruner } = await apps.start();
    const keys = dataSource.getRepository(NotificationKeyEntity);
    await keys.insert(
      Array.from({ length: RETENTION_OPTIONS.defaults.batchSize * 2 }, (_, index) => ({
        digest: String(index).padStart(64, '0'),
        notificationId: '0190a0a0-0000-7000-8000-000000000001',
        createdAt: 0,
        expiresAt: apps.clock.now() - (index % 3),
      })),
    );
    await notifications.notify(sms('kept'), { keepKeyFor: 1 });
    await notifications.notify(sms('for ever'));
    await pruner.prune();
    expect(await keys.count()).toBe(2);
    apps.clock.advance(1);
    await pruner.prune();
    expect(await keys.find()).toMatchObject([{ expiresAt: null }]);
  });

  it('is no part of what email() and httpPost() send', () => {
    const kept = { key: 'k', keepKeyFor: 5 };
    expect(email({ to: 'a@example.com', subject: 's', text: 't', ...kept })).toEqual({
      channel: 'email',
      payload: { to: 'a@example.com', subject: 's', text: 't' },
      ...kept,
    });
    expect(httpPost({ url: 'https://example.com', json: 1, ...kept })).toEqual({
      channel: 'http',
      payload: { url: 'https://example.com', json: 1 },
      ...kept,
    });
  });
});
