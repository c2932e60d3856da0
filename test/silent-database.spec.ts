import { Injectable } from '@nestjs/common';
import { EventEntity } from '../lib/inbox/event.entity.js';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../lib/event/webhook-event.js';
import { standardWebhooks } from '../lib/signatures/providers/standard-webhooks/standard-webhooks.js';
import { ADAPTERS, startApp, type Answer, type TestApp } from './support/application.js';
import { describeOnDatabases, SERVERS, type DatabaseKind } from './support/databases.js';
import { GAME_SECRET, pointsUpdated } from './support/game.js';
import { proxied, type ProxiedDatabase } from './support/proxied.database.js';

@Injectable()
class Handlers {
  readonly seen: string[] = [];

  @OnWebhook('points.updated')
  save({ id }: WebhookEvent): void {
    this.seen.push(id);
  }
}

describeOnDatabases('A database that does not answer', suite, SERVERS);

function suite(kind: DatabaseKind): void {
  describe.each(ADAPTERS)('with %s', (adapter) => {
    let database: ProxiedDatabase;
    let app: TestApp;

    beforeEach(async () => {
      database = await proxied(await kind.create());
      app = await startApp({
        database,
        adapter,
        options: { sources: { game: standardWebhooks({ secret: GAME_SECRET }) } },
        host: { providers: [Handlers] },
      });
    });

    afterEach(async () => {
      await app.close();
      await database.drop();
    });

    const post = (id: string): Promise<Answer> => {
      const { body, headers } = pointsUpdated({ userId: 1, points: 1 }, { id });
      return app.post('/webhooks/game', body, headers);
    };
    const postAll = (ids: readonly string[]): Promise<Answer[]> => Promise.all(ids.map(post));
    const named = (name: string, count: number): string[] =>
      Array.from({ length: count }, (_, index) => `${name}_${index}`);

    it('F-6 is answered 503 with Retry-After, whichever connections are silent, and 200 as soon as others are made', async () => {
      const before = named('before', 12);
      expect((await postAll(before)).map(({ status }) => status)).toEqual(before.map(() => 200));
      await app.drain();
      database.proxy.silence();
      const during = named('during', 4);
      for (const { status, headers } of await postAll(during)) {
        expect(status).toBe(503);
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      }
      for (const id of during) while ((await post(id)).status !== 200);
      await app.drain();
      expect(app.app.get(Handlers).seen.toSorted()).toEqual([...before, ...during].toSorted());
    });

    it('F-6 is answered 503 while somebody has a lock on the table', async () => {
      const runner = app.dataSource().createQueryRunner();
      const table = app
        .dataSource()
        .driver.escape(app.dataSource().getMetadata(EventEntity).tableName);
      if (kind.name === 'PostgreSQL') {
        await runner.query('BEGIN');
        await runner.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
      } else await runner.query(`LOCK TABLES ${table} WRITE`);
      const { status, headers } = await post('locked');
      expect(status).toBe(503);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      await runner.query(kind.name === 'PostgreSQL' ? 'COMMIT' : 'UNLOCK TABLES');
      await runner.release();
      while ((await post('locked')).status !== 200);
      expect(await app.dataSource().getRepository(EventEntity).count()).toBe(1);
    });
  });
}
