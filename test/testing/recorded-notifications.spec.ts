import { email, httpPost, NotificationService } from 'nestjs-hookline';
import { drain, expectNotified } from 'nestjs-hookline/testing';
import { failureOf, TestingKit } from '../support/testing.kit.js';

describe('The testing kit', () => {
  const kit = new TestingKit();

  describe('RecordedNotifications', () => {
    beforeEach(() => kit.recorded.clear());

    it('records every channel, those of the application too, and sends nothing', async () => {
      const notifications = kit.app.get(NotificationService, { strict: false });
      await notifications.notify(email({ to: 'a@example.com', subject: 'Hello', text: 'you' }));
      await notifications.notify(httpPost({ url: 'https://chat.example.com/x', json: { a: 1 } }));
      await notifications.notify({ channel: 'sms', payload: { to: '+43 1', text: 'Hello' } });
      await drain(kit.app);
      expect(kit.recorded.all.map(({ channel, to }) => `${channel} ${to}`)).toEqual([
        'email a@example.com',
        'http chat.example.com',
        'sms +43 1',
      ]);
      expect((await notifications.list({ channel: 'sms' })).items).toMatchObject([
        { state: 'completed', receipt: 'recorded' },
      ]);
    });

    it('refuses what the real channel would refuse', async () => {
      const notifications = kit.app.get(NotificationService, { strict: false });
      await expect(
        notifications.notify(
          email({ to: 'a@example.com\nBcc: b@example.com', subject: 'x', text: 'y' }),
        ),
      ).rejects.toMatchObject({ code: 'INVALID_NOTIFICATION' });
      await expect(notifications.notify({ channel: 'fax', payload: {} })).rejects.toMatchObject({
        code: 'UNKNOWN_CHANNEL',
      });
    });

    it('fails as a channel that is down does, and is tried again', async () => {
      const notifications = kit.app.get(NotificationService, { strict: false });
      kit.recorded.failNext();
      await notifications.notify({ channel: 'sms', payload: { to: '+43 2', text: 'Hello' } });
      await drain(kit.app);
      expectNotified(kit.recorded, { channel: 'sms', times: 0 });
      kit.clock.advance(60_000);
      await drain(kit.app);
      const [sent] = expectNotified(kit.recorded, { channel: 'sms', to: '+43 2', times: 1 });
      expect(sent?.attempt).toBe(2);
    });
  });

  describe('expectNotified', () => {
    it('tells what was sent instead', async () => {
      kit.recorded.clear();
      expect(await failureOf(() => expectNotified(kit.recorded, { channel: 'email' }))).toMatch(
        /by 'email' at least once, got it 0 times[^]*none. Was drain\(app\) called\?/,
      );
      await kit.app
        .get(NotificationService, { strict: false })
        .notify(email({ to: 'a@example.com', subject: 'Hello', text: 'you' }));
      await drain(kit.app);
      expectNotified(kit.recorded, { payload: { subject: 'Hello' } });
      expect(
        await failureOf(() => expectNotified(kit.recorded, { payload: { subject: 'Bye' } })),
      ).toMatch(/with subject as given[^]*- email to a@example.com/);
      expect(await failureOf(() => expectNotified(kit.recorded, { times: 2 }))).toMatch(
        /2 times, got it 1 times/,
      );
    });
  });
});
