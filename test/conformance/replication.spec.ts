import { Injectable } from '@nestjs/common';
import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import { OnWebhook } from '../../lib/dispatch/on-webhook.decorator.js';
import { EventEntity } from '../../lib/inbox/event.entity.js';
import { JobEntity } from '../../lib/queue/job.entity.js';
import { Rule } from '../../lib/rules/rule.decorator.js';
import type { Notification } from '../../lib/notifications/notification.js';
import { httpPost } from '../../lib/notifications/channels/http/http-post.notification.js';
import { NotificationEntity } from '../../lib/notifications/notification.entity.js';
import type { WebhookEvent } from '../../lib/event/webhook-event.js';
import { unsigned } from '../../lib/signatures/providers/unsigned/unsigned.js';
import { startApp } from '../support/application.js';
import { describeOnDatabases, type TestDatabase } from '../support/databases.js';
import { FakeClock } from '../support/fake.clock.js';
import { LOCAL_RECEIVERS } from '../support/local-receivers.js';
import { startMachine } from './machine.js';

@Injectable()
class Handlers {
  readonly seen: string[] = [];

  @OnWebhook('fails-once')
  handle({ id }: WebhookEvent): void {
    this.seen.push(id);
    if (this.seen.length === 1) throw new Error('the first time');
  }

  @Rule({ name: 'seen', on: 'fails-once', subject: () => 'one', when: () => true })
  notify(): Notification {
    return httpPost({ url: 'http://127.0.0.1:9/', json: {} });
  }
}

/**
 * The same database, with a data source whose replica has none of the tables, so that reading there fails.
 */
function replicated({ options }: TestDatabase): TypeOrmModuleOptions {
  if (!('url' in options) || options.url === undefined) throw new Error('a database with a URL');
  const { url, ...others } = options;
  const replica = new URL(url);
  replica.pathname = options.type === 'postgres' ? '/postgres' : '/information_schema';
  return {
    ...others,
    synchronize: false,
    replication: { master: { url }, slaves: [{ url: replica.href }] },
  } as TypeOrmModuleOptions;
}

describeOnDatabases('Under replication', (kind) => {
  // SQLite has no replicas.
  if (kind.name === 'SQLite') return;

  it('REQ-33 accepts, finds duplicates, retries and notifies only on the primary', async () => {
    const database = await kind.create();
    const writer = await startMachine(database);
    const clock = new FakeClock();
    const app = await startApp({
      database: { ...database, options: replicated(database) },
      options: {
        sending: LOCAL_RECEIVERS,
        clock,
        sources: { game: unsigned({ id: { path: 'id' }, type: { path: 'type' } }) },
      },
      host: { providers: [Handlers] },
    });
    try {
      const post = (): Promise<{ status: number; body: string }> =>
        app.post('/webhooks/game', '{"id":1,"type":"fails-once"}');
      expect(await post()).toMatchObject({
        status: 200,
        body: expect.stringContaining('accepted'),
      });
      expect(await post()).toMatchObject({
        status: 200,
        body: expect.stringContaining('duplicate'),
      });
      await app.drain();
      clock.advance(60_000);
      await app.drain();
      expect(app.app.get(Handlers).seen).toEqual(['1', '1']);

      expect(await writer.dataSource.getRepository(EventEntity).count()).toBe(1);
      expect(await writer.dataSource.getRepository(NotificationEntity).count()).toBe(1);
      expect(
        await writer.dataSource.getRepository(JobEntity).findBy({ kind: 'handler' }),
      ).toMatchObject([{ state: 'completed' }, { state: 'completed' }]);
      // Proves that the data source has a replica.
      await expect(app.dataSource().getRepository(EventEntity).count()).rejects.toThrow(
        /webhook_event/,
      );
    } finally {
      await app.close();
      await writer.dataSource.destroy();
      await database.drop();
    }
  });
});
