import { Injectable } from '@nestjs/common';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { TransactionalHandlerContext } from '../lib/dispatch/handler-context.js';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../lib/event/webhook-event.js';
import { QueueService } from '../lib/queue/queue.service.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import { startApp, type TestApp } from './support/application.js';
import { describeOnDatabases, type TestDatabase } from './support/databases.js';

@Entity({ name: 'stray_effect' })
class Effect {
  @PrimaryGeneratedColumn() id!: number;
  @Column('varchar', { length: 64 }) what!: string;
}

@Injectable()
class Handlers {
  /** A statement that nobody awaits fails at some moment before, in or after the commit. */
  @OnWebhook('stray', { transactional: true })
  async stray(
    { id, data }: WebhookEvent<{ turns: number }>,
    { manager, attempt }: TransactionalHandlerContext,
  ): Promise<void> {
    await manager.insert(Effect, { what: id });
    if (attempt > 1) return;
    const fail = async (): Promise<void> => {
      for (let turn = 0; turn < data.turns; turn++) await Promise.resolve();
      await manager.query('SELECT * FROM no_such_table');
    };
    void fail().catch(() => undefined);
  }
}

describeOnDatabases('A transactional handler', (kind) => {
  let app: TestApp;
  let database: TestDatabase;

  beforeEach(async () => {
    database = await kind.create();
    app = await startApp({
      database,
      entities: [Effect],
      options: {
        sources: { game: unsigned({ id: { path: 'id' }, type: { path: 'type' } }) },
        queue: { pollIntervalMs: 10, backoff: { baseMs: 1 } },
      },
      host: { providers: [Handlers] },
    });
  });

  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  it('F-1 is not taken for committed where a statement failed that it did not await', async () => {
    const ids = Array.from({ length: 30 }, (_, turns) => `e${turns}`);
    for (const [turns, id] of ids.entries()) {
      const body = JSON.stringify({ id, type: 'stray', turns });
      await app.post('/webhooks/game', body, { 'content-type': 'application/json' });
    }
    const queue = app.app.get(QueueService);
    do await app.drain();
    while ((await queue.counts()).retryable > 0);
    const states = (await queue.list()).items.map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(['completed']));
    const effects = await app.dataSource().getRepository(Effect).find();
    expect(effects.map(({ what }) => what).toSorted()).toEqual(ids.toSorted());
  });
});
