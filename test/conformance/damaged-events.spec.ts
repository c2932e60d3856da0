import { Injectable } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { OnWebhook } from '../../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../../lib/event/webhook-event.js';
import { EventEntity } from '../../lib/inbox/event.entity.js';
import { QueueService } from '../../lib/queue/queue.service.js';
import { unsigned } from '../../lib/signatures/providers/unsigned/unsigned.js';
import { startApp } from '../support/application.js';
import { describeOnDatabases } from '../support/databases.js';
import { FakeClock } from '../support/fake.clock.js';

/** A day: longer than any delay between attempts. */
const DAY_MS = 86_400_000;

@Injectable()
class Handlers {
  readonly seen: string[] = [];

  @OnWebhook('**')
  handle({ id }: WebhookEvent): void {
    this.seen.push(id);
  }
}

describeOnDatabases('A row that cannot be read', (kind) => {
  it.each([
    ['headers that are not JSON', { headers: '{"content-type": ' }, /SyntaxError/],
    ['a body that is not JSON', { body: '{"id":"bad","type"' }, /SyntaxError|JSON/],
    ['an unknown encoding of its body', { bodyEncoding: 'rot13' }, /rot13/],
    ['an unknown format', { format: 'cbor' }, /cbor/],
  ])(
    'F-8 with %s is discarded after its attempts, and delays no other',
    async (_, damage, reason) => {
      const database = await kind.create();
      const clock = new FakeClock();
      const options = {
        clock,
        sources: { game: unsigned({ id: { path: 'id' }, type: { path: 'type' } }) },
        // No job is born leased: all jobs are claimed, and their events loaded, together.
        roles: ['receive'] as const,
        queue: { maxAttempts: 2 },
        // The worker runs them when the test says so.
        database: { wakeUps: false },
      };
      const host = { providers: [Handlers] };
      const app = await startApp({ database, options, host });
      const worker = await startApp({
        database,
        options: { ...options, roles: ['receive', 'work'] },
        host,
      });
      try {
        for (const id of ['a', 'b', 'bad', 'c', 'd']) {
          const answer = await app.post('/webhooks/game', JSON.stringify({ id, type: 'any' }));
          expect(answer.status).toBe(200);
        }
        const events = app.app.get<DataSource>(getDataSourceToken()).getRepository(EventEntity);
        await events.update({ id: 'bad' }, damage as object);
        const { key } = await events.findOneByOrFail({ id: 'bad' });

        await worker.drain();
        expect(worker.app.get(Handlers).seen.toSorted()).toEqual(['a', 'b', 'c', 'd']);
        const jobs = worker.app.get(QueueService);
        expect((await jobs.list({ ref: key })).items).toMatchObject([
          { state: 'retryable', attempt: 1 },
        ]);

        clock.advance(DAY_MS);
        await worker.drain();
        expect((await jobs.list({ ref: key })).items).toMatchObject([
          { state: 'discarded', attempt: 2, lastError: expect.stringMatching(reason) as unknown },
        ]);
        expect(await jobs.counts()).toMatchObject({ available: 0, running: 0, retryable: 0 });
        expect(worker.app.get(Handlers).seen).toHaveLength(4);
      } finally {
        await worker.close();
        await app.close();
        await database.drop();
      }
    },
  );
});
