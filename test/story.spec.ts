import { Injectable } from '@nestjs/common';
import { MailerModule } from '@nestjs-modules/mailer';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../lib/event/webhook-event.js';
import { email } from '../lib/notifications/channels/email/email.notification.js';
import type { Notification } from '../lib/notifications/notification.js';
import { NotificationService } from '../lib/notifications/notification.service.js';
import { Poll } from '../lib/polling/poll.decorator.js';
import { PollRegistry } from '../lib/polling/poll.registry.js';
import type { PolledEvent } from '../lib/polling/polled-event.js';
import { QueueService } from '../lib/queue/queue.service.js';
import { Rule } from '../lib/rules/rule.decorator.js';
import type { RuleMatch } from '../lib/rules/rule.options.js';
import { RuleService } from '../lib/rules/rule.service.js';
import { standardWebhooks } from '../lib/signatures/providers/standard-webhooks/standard-webhooks.js';
import { ADAPTERS, startApp, type TestApp } from './support/application.js';
import { describeOnDatabases } from './support/databases.js';
import { FakeClock } from './support/fake.clock.js';
import { GAME_SECRET, pointsUpdated, type Points } from './support/game.js';
import { MailServer } from './support/mail.server.js';
import { SharedDatabase } from './support/shared.database.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');

@Entity({ name: 'player' })
@Index(['version', 'id'])
class Player {
  @PrimaryColumn('integer') id!: number;
  @Column('integer') points!: number;
  /** Grows with every change of any row. */
  @Column('integer') version!: number;
}

@Injectable()
class GamePoints {
  failures = 0;

  @OnWebhook('points.updated')
  save(_event: WebhookEvent<Points>): void {
    if (this.failures > 0) {
      this.failures--;
      throw new Error('the handler has a bad day');
    }
  }

  @Rule<Points>({
    name: 'reached-100-points',
    on: 'points.updated',
    subject: (event) => event.data.userId,
    when: (event) => event.data.points >= 100,
  })
  congratulate({ subject, event }: RuleMatch<Points>): Notification {
    return email({
      to: `user-${subject}@example.com`,
      subject: 'Congratulations!',
      text: `You have ${event.data.points} points.`,
    });
  }

  @Poll({
    name: 'players',
    cron: '0 0 1 1 *',
    entity: Player,
    cursor: 'version',
    key: 'id',
    start: 'beginning',
  })
  changed({ id, points }: Player): PolledEvent {
    return { type: 'points.updated', data: { userId: id, points } };
  }
}

describeOnDatabases('The story', (kind) => {
  describe.each(ADAPTERS)('with %s', (adapter) => {
    const database = new SharedDatabase(kind, [Player]);
    const clock = new FakeClock(NOW);
    const mail = new MailServer();
    let app: TestApp;

    const start = (): Promise<TestApp> =>
      startApp({
        database,
        adapter,
        options: { clock, sources: { game: standardWebhooks({ secret: GAME_SECRET }) } },
        entities: [Player],
        host: {
          imports: [
            MailerModule.forRoot({ transport: mail.url, defaults: { from: 'game@example.com' } }),
          ],
          providers: [GamePoints],
        },
      });

    const post = (
      points: number,
      {
        userId = 123,
        id,
        at = clock.now(),
        machine = app,
      }: { userId?: number; id?: string; at?: number; machine?: TestApp } = {},
    ) => {
      const { body, headers } = pointsUpdated(
        { userId, points },
        {
          timestamp: Math.floor(clock.now() / 1_000),
          occurredAt: new Date(at),
          ...(id === undefined ? {} : { id }),
        },
      );
      return machine.post('/webhooks/game', body, headers);
    };

    beforeAll(async () => {
      await mail.start();
      app = await start();
    });

    beforeEach(() => mail.clear());

    afterAll(async () => {
      await app.close();
      await mail.stop();
    });

    it('sends one mail when the points reach 100, at once', async () => {
      expect((await post(150)).status).toBe(200);
      // No drain(): nothing but the webhook sets the mail off.
      expect(await mail.received.next()).toMatchObject({
        to: ['user-123@example.com'],
        subject: 'Congratulations!',
        text: 'You have 150 points.',
      });
      await app.drain();
      expect((await app.app.get(NotificationService).list()).items).toMatchObject([
        {
          channel: 'email',
          recipient: 'user-123@example.com',
          state: 'completed',
          sentAt: new Date(clock.now()),
        },
      ]);
    });

    it('sends no second mail for the same event, nor while the condition stays true', async () => {
      for (let time = 0; time < 5; time++) await post(150, { id: 'msg_same' });
      await post(160);
      await app.drain();
      expect(mail.mails).toHaveLength(1);
    });

    it('re-arms when the condition turns false', async () => {
      for (const points of [150, 50, 120]) {
        clock.advance(1_000);
        await post(points);
        await app.drain();
      }
      expect(mail.mails.map(({ text }) => text)).toEqual([
        'You have 150 points.',
        'You have 120 points.',
      ]);
      expect(new Set(mail.mails.map(({ messageId }) => messageId)).size).toBe(2);
      expect((await app.app.get(RuleService).states()).items).toMatchObject([
        { subject: '123', active: true, fireCount: 2 },
      ]);
    });

    it('is not un-fired by an old event that arrives late', async () => {
      await post(150);
      await app.drain();
      await post(20, { at: clock.now() - 60_000 });
      await app.drain();
      clock.advance(1_000);
      await post(170);
      await app.drain();
      expect(mail.mails).toHaveLength(1);
    });

    it('can be reset for a subject by hand', async () => {
      await post(150);
      await app.drain();
      expect(await app.app.get(RuleService).reset('reached-100-points', 123)).toBe(true);
      await post(151);
      await app.drain();
      expect(mail.mails).toHaveLength(2);
      expect((await app.app.get(RuleService).list()).items).toEqual([
        {
          name: 'reached-100-points',
          on: ['points.updated'],
          source: undefined,
          rearm: 'when-false',
          first: 'fire',
        },
      ]);
    });

    it('sends the same mail, once, when only a poll sees the points', async () => {
      await app
        .dataSource()
        .getRepository(Player)
        .save([
          { id: 123, points: 150, version: 1 },
          { id: 124, points: 50, version: 2 },
        ]);
      await app.app.get(PollRegistry).run('players');
      await app.app.get(PollRegistry).run('players');
      await app.drain();
      expect(mail.mails).toMatchObject([{ to: ['user-123@example.com'] }]);
    });

    it('sends one mail when a webhook and a poll tell the same', async () => {
      await app.dataSource().getRepository(Player).save({ id: 123, points: 150, version: 1 });
      await Promise.all([post(150), app.app.get(PollRegistry).run('players')]);
      await app.drain();
      expect(mail.mails).toHaveLength(1);
    });

    it('sends one mail for each player in a flood, on two machines at once', async () => {
      const machines = [app, await start()];
      await Promise.all(
        Array.from({ length: 100 }, (_, index) =>
          post(100 + index, {
            userId: index % 5,
            id: `msg_${index % 50}`,
            machine: machines[index % 2]!,
          }),
        ),
      );
      for (let round = 0; round < 2; round++) for (const machine of machines) await machine.drain();
      await machines[1]!.close();
      expect(mail.mails.flatMap(({ to }) => to).toSorted()).toEqual(
        [0, 1, 2, 3, 4].map((user) => `user-${user}@example.com`),
      );
    });

    it('REQ-34 retries a handler that fails alone, and sends the mail all the same', async () => {
      app.app.get(GamePoints).failures = 1;
      await post(150);
      await app.drain();
      expect(mail.mails).toHaveLength(1);
      const queue = app.app.get(QueueService);
      expect(await queue.counts()).toMatchObject({ retryable: 1 });
      expect((await queue.list({ state: 'completed' })).items).toHaveLength(3);
      clock.advance(60_000);
      await app.drain();
      expect(mail.mails).toHaveLength(1);
      expect(await queue.counts()).toMatchObject({ retryable: 0 });
      expect((await queue.list({ state: 'completed' })).items).toHaveLength(4);
    });

    it('sends the mail when the mail server is up again', async () => {
      await mail.stop();
      expect((await post(150)).status).toBe(200);
      await app.drain();
      expect((await app.app.get(NotificationService).list()).items).toMatchObject([
        { state: 'retryable', sentAt: null },
      ]);
      await mail.start();
      clock.advance(60_000);
      await app.drain();
      expect(mail.mails).toHaveLength(1);
    });

    it('goes on after a restart where it stopped', async () => {
      await mail.stop();
      await post(150);
      await app.drain();
      await app.close();
      await mail.start();
      clock.advance(60_000);
      app = await start();
      await app.drain();
      await post(180);
      await app.drain();
      expect(mail.mails).toHaveLength(1);
    });
  });
});
