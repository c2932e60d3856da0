import { Injectable } from '@nestjs/common';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type {
  HandlerContext,
  TransactionalHandlerContext,
} from '../lib/dispatch/handler-context.js';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../lib/event/webhook-event.js';
import { InboxService } from '../lib/inbox/inbox.service.js';
import { httpPost } from '../lib/notifications/channels/http/http-post.notification.js';
import { NotificationService } from '../lib/notifications/notification.service.js';
import { Discard } from '../lib/retry/discard.js';
import { RetryLater } from '../lib/retry/retry-later.js';
import { describeOnDatabases } from './support/databases.js';
import { FakeClock } from './support/fake.clock.js';
import { LOCAL_RECEIVERS } from './support/local-receivers.js';
import { PlainSender, plainEvents } from './support/plain-sender.js';
import { SharedApp } from './support/shared.app.js';
import { SharedDatabase } from './support/shared.database.js';

/** What ran, in its order. */
const calls: string[] = [];

@Entity({ name: 'effect' })
class Effect {
  @PrimaryColumn('varchar') id!: string;
  @Column('integer') attempt!: number;
}

@Injectable()
class Handlers {
  fail = 0;

  constructor(private readonly notifications: NotificationService) {}

  @OnWebhook('order.*')
  one(event: WebhookEvent): void {
    calls.push(`one:${event.type}`);
  }

  @OnWebhook(['order.**', 'refund'])
  several(event: WebhookEvent): void {
    calls.push(`several:${event.type}`);
    if (this.fail > 0) {
      this.fail--;
      throw new Error('several failed');
    }
  }

  @OnWebhook('unstorable')
  unstorable(event: WebhookEvent<{ text: string }>, { attempt }: HandlerContext): void {
    calls.push(`unstorable:${JSON.stringify(event.data.text)}`);
    if (attempt === 1) throw new Error(`${event.data.text}${'😀'.repeat(2_000)}`);
  }

  @OnWebhook('query', { transactional: true })
  async query(
    event: WebhookEvent<{ text: string }>,
    { manager }: TransactionalHandlerContext,
  ): Promise<void> {
    await manager.query(`SELECT * FROM no_such_table WHERE text = '${event.data.text}'`);
  }

  @OnWebhook('verdict')
  verdict(event: WebhookEvent<{ say: string }>, { attempt, maxAttempts }: HandlerContext): unknown {
    calls.push(`verdict:${attempt}/${maxAttempts}`);
    const isFirst = calls.filter((call) => call.startsWith('verdict')).length === 1;
    if (event.data.say === 'later' && isFirst) return new RetryLater(1_000);
    if (event.data.say === 'never') return new Discard('not wanted');
    return undefined;
  }

  @OnWebhook('transaction', { transactional: true })
  async transactional(
    event: WebhookEvent<{ fail: boolean }>,
    { manager, attempt }: TransactionalHandlerContext,
  ): Promise<void> {
    await manager.insert(Effect, { id: event.id, attempt });
    // Without a manager: it joins the transaction all the same.
    await this.notifications.notify(httpPost({ url: 'http://127.0.0.1:9/none', json: {} }), {
      key: event.id,
    });
    if (event.data.fail && attempt === 1) throw new Error('after the write');
  }

  @OnWebhook('slow', { timeoutMs: 5_000 })
  async slow(_event: WebhookEvent, { signal, attempt }: HandlerContext): Promise<void> {
    if (attempt > 1) return;
    calls.push('slow');
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => {
        calls.push('aborted');
        resolve();
      });
    });
  }

  @OnWebhook('thrown')
  // oxlint-disable-next-line no-throw-literal
  thrown(): never {
    throw undefined;
  }
}

describeOnDatabases('Jobs of handlers', (kind) => {
  const database = new SharedDatabase(kind, [Effect]);
  const clock = new FakeClock();

  describe('in one application', () => {
    const app = new SharedApp({
      database,
      options: { clock, sending: LOCAL_RECEIVERS, sources: { game: plainEvents() } },
      entities: [Effect],
      host: { providers: [Handlers] },
    });
    const sender = new PlainSender(app);

    beforeEach(() => {
      calls.length = 0;
      app.app.get(Handlers).fail = 0;
    });

    it('REQ-34 REQ-68 are retried each alone', async () => {
      app.app.get(Handlers).fail = 1;
      const id = await sender.send('order.paid');
      expect((await sender.jobsOf(id)).map(({ state }) => state).toSorted()).toEqual([
        'completed',
        'retryable',
      ]);
      clock.advance(60_000);
      await app.drain();
      expect(calls.filter((call) => call.startsWith('one'))).toHaveLength(1);
      expect(calls.filter((call) => call.startsWith('several'))).toHaveLength(2);
      expect((await sender.jobsOf(id)).map(({ state }) => state)).toEqual([
        'completed',
        'completed',
      ]);
    });

    it('REQ-55 go on after one of them has failed', async () => {
      app.app.get(Handlers).fail = 1;
      await sender.send('refund');
      await sender.send('refund');
      expect(calls).toEqual(['several:refund', 'several:refund']);
      clock.advance(60_000);
      await app.drain();
    });

    it('REQ-28 run again for an event that failed, and the same request again is no hindrance', async () => {
      app.app.get(Handlers).fail = 2;
      const id = await sender.send('refund');
      const again = async (): Promise<string> => {
        const { status } = await sender.post({ id, type: 'refund', data: {} });
        await app.drain();
        return status;
      };
      // The one job is due later. That the sender repeats itself neither ends nor doubles it.
      expect(await again()).toBe('duplicate');
      expect(await sender.jobsOf(id)).toMatchObject([{ state: 'retryable', attempt: 1 }]);
      clock.advance(60_000);
      expect(await again()).toBe('duplicate');
      expect(await sender.jobsOf(id)).toMatchObject([{ state: 'retryable', attempt: 2 }]);
      clock.advance(120_000);
      await app.drain();
      expect(await sender.jobsOf(id)).toMatchObject([{ state: 'completed', attempt: 3 }]);
      expect(await again()).toBe('duplicate');
      expect(calls).toEqual(['several:refund', 'several:refund', 'several:refund']);
    });

    it('REQ-40 lose no event to text that a database refuses, in its data or in their errors', async () => {
      const text = 'NUL \u0000, a lone \ud800 and a \u0007';
      const id = await sender.send('unstorable', { text });
      const [job] = await sender.jobsOf(id);
      expect(job).toMatchObject({ state: 'retryable' });
      expect(job!.lastError).toMatch(/^Error: NUL  , a lone \ufffd and a  (😀)+\ufffd?$/u);
      clock.advance(60_000);
      await app.drain();
      expect(await sender.jobsOf(id)).toMatchObject([{ state: 'completed' }]);
      expect(calls).toEqual(Array.from({ length: 2 }, () => `unstorable:${JSON.stringify(text)}`));
    });

    it('REQ-28 leave an event that failed retryable by hand', async () => {
      app.app.get(Handlers).fail = 100;
      const id = await sender.send('refund');
      for (let attempt = 1; attempt < 12; attempt++) {
        clock.advance(2 * 86_400_000);
        await app.drain();
      }
      expect(await sender.jobsOf(id)).toMatchObject([
        { state: 'discarded', attempt: 12, lastError: 'Error: several failed' },
      ]);
      expect(app.logger.of('error', 'JobWorker')).toEqual([
        expect.stringMatching(/Handlers.several.*event-\d+.*discarded/),
      ]);
      app.app.get(Handlers).fail = 0;
      expect(await app.app.get(InboxService).retry(await sender.keyOf(id))).toBe(1);
      await app.drain();
      expect(await sender.jobsOf(id)).toMatchObject([{ state: 'completed' }]);
    });

    it('get an event again that is replayed', async () => {
      const id = await sender.send('order.paid');
      calls.length = 0;
      expect(await app.app.get(InboxService).replay(await sender.keyOf(id))).toBe(2);
      await app.drain();
      expect(calls.toSorted()).toEqual(['one:order.paid', 'several:order.paid']);
    });

    it('decide by what they return', async () => {
      const later = await sender.send('verdict', { say: 'later' });
      expect(await sender.jobsOf(later)).toMatchObject([
        { state: 'retryable', attempt: 0, maxAttempts: 12 },
      ]);
      clock.advance(1_000);
      await app.drain();
      expect(await sender.jobsOf(later)).toMatchObject([{ state: 'completed' }]);
      const never = await sender.send('verdict', { say: 'never' });
      expect(await sender.jobsOf(never)).toMatchObject([
        { state: 'discarded', lastError: 'not wanted' },
      ]);
      expect(calls).toEqual(['verdict:1/12', 'verdict:1/12', 'verdict:1/12']);
    });

    it('commit what a transactional one wrote together with its completion, or none of it', async () => {
      const id = await sender.send('transaction', { fail: true });
      const effects = () => app.dataSource().getRepository(Effect).findBy({ id });
      const notified = async () =>
        (await app.app.get(NotificationService).list({ key: id })).items.length;
      expect(await effects()).toEqual([]);
      expect(await notified()).toBe(0);
      clock.advance(60_000);
      await app.drain();
      expect(await effects()).toEqual([{ id, attempt: 2 }]);
      expect(await notified()).toBe(1);
      expect(await sender.jobsOf(id)).toMatchObject([{ state: 'completed' }]);
    });

    it('are told by their signal when their time is over', async () => {
      await sender.post({ id: 'slow-1', type: 'slow' });
      await new Promise(setImmediate);
      clock.advance(5_000);
      await app.drain();
      expect(calls).toEqual(['slow', 'aborted']);
      expect(await sender.jobsOf('slow-1')).toMatchObject([
        { state: 'retryable', lastError: expect.stringContaining('time-out') as unknown },
      ]);
    });

    it('may throw anything', async () => {
      const id = await sender.send('thrown');
      expect(await sender.jobsOf(id)).toMatchObject([
        { state: 'retryable', lastError: 'a thrown undefined' },
      ]);
    });

    it('REQ-43 have one line for a failed attempt, without what hangs on the error', async () => {
      const id = await sender.send('query', { text: 'SECRET-PAYLOAD' });
      expect(await sender.jobsOf(id)).toMatchObject([
        { state: 'retryable', lastError: expect.stringContaining('no_such_table') as unknown },
      ]);
      expect(app.logger.of('error')).toEqual([]);
      expect(app.logger.of('warn')).toHaveLength(1);
      expect(app.logger.text).not.toContain('SECRET-PAYLOAD');
    });
  });
});
