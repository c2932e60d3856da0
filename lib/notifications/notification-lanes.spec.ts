import { describeOnDatabases } from '../../test/support/databases.js';
import { NotificationApps, sms } from '../../test/support/notification.apps.js';
import { Discard } from '../retry/discard.js';
import { email } from './channels/email/email.notification.js';
import { httpPost } from './channels/http/http-post.notification.js';
import { InvalidNotificationError } from './invalid-notification.error.js';
import type { NotificationLane } from './notification-lane.js';

const inLane = (text: string, settings: NotificationLane) => ({
  ...sms(),
  payload: { to: '+431234', text },
  ...settings,
});

describeOnDatabases('Notifications of one lane', (kind) => {
  const apps = new NotificationApps(kind);

  it('are sent in the order in which they were asked for, while one of them is retried too', async () => {
    const { notifications, worker, sms: channel } = await apps.start();
    let isDown = true;
    channel.answer = ({ payload }) =>
      isDown && payload.text === 'first'
        ? Promise.reject(new Error('gateway down'))
        : Promise.resolve({});
    await notifications.notify(inLane('first', { lane: 'player-7' }));
    await notifications.notify(inLane('second', { lane: 'player-7' }));
    await notifications.notify(inLane('of another', { lane: 8 }));
    await notifications.notify(inLane('without', {}));
    await worker.runDue();
    const texts = (): (string | undefined)[] => channel.sent.map(({ payload }) => payload.text);
    expect(texts().toSorted()).toEqual(['first', 'of another', 'without']);

    isDown = false;
    apps.clock.advance(20_000);
    await worker.runDue();
    expect(texts().slice(3)).toEqual(['first', 'second']);
    expect((await notifications.list({ state: 'completed' })).items).toHaveLength(4);
  });

  it.each([
    { whenHeadFails: 'skip', sent: ['first', 'second'] },
    { whenHeadFails: 'hold', sent: ['first'] },
  ] as const)(
    "go on after a discarded one as '$whenHeadFails' says",
    async ({ whenHeadFails, sent }) => {
      const { notifications, queue, worker, sms: channel } = await apps.start();
      channel.answer = ({ payload }) =>
        Promise.resolve(payload.text === 'first' ? new Discard('no such number') : {});
      const settings = { lane: 'player-7', whenHeadFails };
      const { id } = await notifications.notify(inLane('first', settings));
      await notifications.notify(inLane('second', settings));
      await worker.runDue();
      expect(channel.sent.map(({ payload }) => payload.text)).toEqual(sent);

      channel.answer = () => Promise.resolve({});
      await queue.retryDiscarded(id);
      await worker.runDue();
      expect((await notifications.list({ state: 'completed' })).items).toHaveLength(2);
    },
  );

  it('wait for none of another channel', async () => {
    const { notifications, queue } = await apps.start();
    await notifications.notify(inLane('first', { lane: 'player-7' }));
    const [job] = (await queue.list({ name: 'sms' })).items;
    expect(job?.lane).toBe('["notification","sms","player-7"]');
  });

  it.each<[string, object]>([
    ['lane', { lane: { player: 7 } }],
    ['lane', { lane: Promise.resolve('player-7') }],
    ['whenHeadFails', { lane: 'player-7', whenHeadFails: 'wait' }],
  ])('refuse a wrong `%s`, and store nothing', async (field, settings) => {
    const { notifications } = await apps.start();
    const refused = notifications.notify(inLane('first', settings));
    await expect(refused).rejects.toThrow(InvalidNotificationError);
    await expect(refused).rejects.toMatchObject({ field });
    expect((await notifications.list()).items).toEqual([]);
  });
});

describe('The functions of channels', () => {
  it('leave what is said of every notification out of what the channel sends', () => {
    const settings = { key: 'a', keepKeyFor: '90d', lane: 7, whenHeadFails: 'hold' } as const;
    const mail = { to: 'jane@example.com', subject: 'Hello', text: 'Hello' };
    expect(email({ ...mail, ...settings })).toEqual({
      channel: 'email',
      payload: mail,
      ...settings,
    });
    const post = { url: 'https://example.com', json: {} };
    expect(httpPost({ ...post, ...settings })).toEqual({
      channel: 'http',
      payload: post,
      ...settings,
    });
  });
});
