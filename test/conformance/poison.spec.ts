import { Injectable } from '@nestjs/common';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { OnWebhook } from '../../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../../lib/event/webhook-event.js';
import { InboxService } from '../../lib/inbox/inbox.service.js';
import { QueueService } from '../../lib/queue/queue.service.js';
import { unsigned } from '../../lib/signatures/providers/unsigned/unsigned.js';
import { startApp } from '../support/application.js';
import { describeOnDatabases } from '../support/databases.js';
import { FakeClock } from '../support/fake.clock.js';

@Injectable()
class Handlers {
  readonly seen: string[] = [];

  @OnWebhook('**')
  handle({ id }: WebhookEvent): void {
    this.seen.push(id);
  }
}

/** A schema with a bug that appears later, for one event. */
class LaterBroken {
  poison: string | undefined;

  readonly schema: StandardSchemaV1 = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) => {
        if ((value as { id: string }).id === this.poison) throw new Error('bug of the schema');
        return { value };
      },
    },
  };
}

describeOnDatabases('One event that cannot be read', (kind) => {
  it('REQ-55 does not block the events that are claimed with it', async () => {
    const database = await kind.create();
    const clock = new FakeClock();
    const broken = new LaterBroken();
    const facts = { id: { path: 'id' }, type: { path: 'type' } } as const;
    const options = {
      clock,
      sources: { game: { scheme: unsigned(facts), schema: broken.schema } },
      // No job is born leased: all jobs are claimed, and their events loaded, together.
      roles: ['receive'] as const,
      queue: { maxAttempts: 2 },
      // The worker runs them when the test says so.
      database: { wakeUps: false },
    };
    const app = await startApp({ database, options, host: { providers: [Handlers] } });
    const worker = await startApp({
      database,
      options: { ...options, roles: ['receive', 'work'] },
      host: { providers: [Handlers] },
    });
    try {
      const ids = ['a', 'b', 'poison', 'c', 'd'];
      for (const id of ids) {
        const answer = await app.post('/webhooks/game', JSON.stringify({ id, type: 'any' }));
        expect(answer.status).toBe(200);
      }
      broken.poison = 'poison';
      await worker.drain();
      expect(worker.app.get(Handlers).seen.toSorted()).toEqual(['a', 'b', 'c', 'd']);

      const [event] = (await worker.app.get(InboxService).list({ id: 'poison' })).items;
      const jobs = worker.app.get(QueueService);
      expect((await jobs.list({ ref: event!.key })).items).toMatchObject([
        {
          state: 'retryable',
          attempt: 1,
          lastError: expect.stringContaining("source 'game' threw: Error: bug") as unknown,
        },
      ]);
      await expect(worker.app.get(InboxService).read(event!.key)).rejects.toMatchObject({
        code: 'SCHEMA_FAILED',
      });

      broken.poison = undefined;
      clock.advance(60_000);
      await worker.drain();
      expect(worker.app.get(Handlers).seen).toContain('poison');
      expect(await jobs.counts()).toEqual({
        available: 0,
        scheduled: 0,
        running: 0,
        retryable: 0,
        discarded: 0,
        atLeast: false,
      });
    } finally {
      await worker.close();
      await app.close();
      await database.drop();
    }
  });
});
