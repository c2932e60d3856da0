import { Injectable } from '@nestjs/common';
import { Entity, PrimaryColumn, QueryRunnerAlreadyReleasedError } from 'typeorm';
import type { TransactionalHandlerContext } from '../lib/dispatch/handler-context.js';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import { standardWebhooks } from '../lib/signatures/providers/standard-webhooks/standard-webhooks.js';
import { startApp } from './support/application.js';
import { describeOnDatabases } from './support/databases.js';
import { GAME_SECRET, pointsUpdated } from './support/game.js';
import { Signal } from './support/signal.js';

@Entity({ name: 'late_effect' })
class LateEffect {
  @PrimaryColumn('integer') attempt!: number;
}

@Injectable()
class Handlers {
  readonly retried = new Signal<number>();
  readonly late = new Signal<unknown>();

  /** The first attempt goes on when its time is over, until the second has been made. */
  @OnWebhook('points.updated', { transactional: true, timeoutMs: 50 })
  async save(_event: unknown, context: TransactionalHandlerContext): Promise<void> {
    const { manager, attempt } = context;
    await manager.insert(LateEffect, { attempt });
    if (attempt > 1) {
      this.retried.push(attempt);
      return;
    }
    await this.retried.next();
    try {
      await manager.insert(LateEffect, { attempt: 100 });
      this.late.push('it wrote');
    } catch (error) {
      this.late.push(error);
    }
  }
}

describeOnDatabases('A transactional handler', (kind) => {
  it('REQ-30 that goes on when its time is over is rolled back, and cannot write any more', async () => {
    const database = await kind.create();
    const app = await startApp({
      database,
      entities: [LateEffect],
      options: {
        sources: { game: standardWebhooks({ secret: GAME_SECRET }) },
        queue: { pollIntervalMs: 10, backoff: { baseMs: 1 } },
      },
      host: { providers: [Handlers] },
    });
    try {
      const { body, headers } = pointsUpdated({ userId: 1, points: 1 });
      await app.post('/webhooks/game', body, headers);
      const late = await app.app.get(Handlers).late.next();
      expect(late).toBeInstanceOf(QueryRunnerAlreadyReleasedError);
      await app.drain();
      const effects = await app.dataSource().getRepository(LateEffect).find();
      expect(effects).toHaveLength(1);
      // The third, on a machine that is too busy for the second to end in time.
      expect([2, 3]).toContain(effects[0]?.attempt);
    } finally {
      await app.close();
      await database.drop();
    }
  });
});
