import { Injectable } from '@nestjs/common';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../lib/event/webhook-event.js';
import { InboxService } from '../lib/inbox/inbox.service.js';
import { Poll } from '../lib/polling/poll.decorator.js';
import { PollRegistry } from '../lib/polling/poll.registry.js';
import { QueueService } from '../lib/queue/queue.service.js';
import { standardWebhooks } from '../lib/signatures/providers/standard-webhooks/standard-webhooks.js';
import { ADAPTERS, startApp, type TestApp } from './support/application.js';
import { describeOnDatabases, type TestDatabase } from './support/databases.js';
import { FakeClock } from './support/fake.clock.js';
import { GAME_SECRET, sign } from './support/game.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');

@Injectable()
class Host {
  readonly seen: string[] = [];
  failures = 0;

  @OnWebhook('points.updated')
  save({ id }: WebhookEvent): void {
    this.seen.push(id);
    if (this.failures-- > 0) throw new Error('not now');
  }

  @Poll({ name: 'broken', cron: '0 0 1 1 *' })
  poll(): never {
    throw new Error('not there');
  }
}

describeOnDatabases('A logger that throws', (kind) => {
  describe.each(ADAPTERS)('with %s', (adapter) => {
    let database: TestDatabase;
    let clock: FakeClock;
    let app: TestApp;
    let host: Host;

    beforeAll(async () => {
      database = await kind.create();
      clock = new FakeClock(NOW);
      app = await startApp({
        database,
        adapter,
        options: {
          clock,
          sources: { game: standardWebhooks({ secret: GAME_SECRET }) },
          queue: { maxAttempts: 2 },
        },
        host: { providers: [Host] },
      });
      host = app.app.get(Host);
    });

    afterAll(async () => {
      app.logger.throws = false;
      await app.close();
      await database.drop();
    });

    beforeEach(() => {
      app.logger.clear();
      app.logger.throws = true;
      host.seen.length = 0;
      host.failures = 0;
    });

    const post = async (type: string, id: string, path = '/webhooks/game', changed = '') => {
      const { body, headers } = sign(JSON.stringify({ type, data: {} }), {
        id,
        timestamp: Math.floor(clock.now() / 1000),
      });
      const answer = await app.post(path, `${body.toString()}${changed}`, headers);
      return { code: answer.status, ...(JSON.parse(answer.body) as { status?: string }) };
    };
    const stateOf = async (id: string): Promise<string | undefined> => {
      const [event] = (await app.app.get(InboxService).list({ id })).items;
      const [job] = (await app.app.get(QueueService).list({ ref: event!.key })).items;
      return job?.state;
    };

    it('REQ-52 changes no answer', async () => {
      expect(await post('points.updated', 'answered')).toMatchObject({
        code: 200,
        status: 'accepted',
      });
      expect(await post('points.updated', 'answered')).toMatchObject({
        code: 200,
        status: 'duplicate',
      });
      expect(await post('unwanted', 'unwanted')).toMatchObject({ code: 200, status: 'ignored' });
      expect(await post('points.updated', 'forged', '/webhooks/game', ' ')).toMatchObject({
        code: 401,
      });
      expect(await post('points.updated', 'lost', '/webhooks/nobody')).toMatchObject({ code: 404 });
      // That there was something to log.
      expect(app.logger.lines.length).toBeGreaterThanOrEqual(3);
      await app.drain();
      expect(host.seen).toEqual(['answered']);
    });

    it('REQ-52 loses no event whose handler fails', async () => {
      host.failures = 1;
      await post('points.updated', 'retried');
      await app.drain();
      expect(await stateOf('retried')).toBe('retryable');
      clock.advance(60_000);
      await app.drain();
      expect(await stateOf('retried')).toBe('completed');

      host.failures = 2;
      await post('points.updated', 'given-up');
      await app.drain();
      clock.advance(60_000);
      await app.drain();
      expect(await stateOf('given-up')).toBe('discarded');
      expect(host.seen).toEqual(['retried', 'retried', 'given-up', 'given-up']);
    });

    it('REQ-52 ends no poller', async () => {
      expect(await app.app.get(PollRegistry).run('broken')).toMatchObject({
        outcome: 'failed',
        error: 'Error: not there',
      });
    });
  });
});
