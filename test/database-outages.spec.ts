import { once } from 'node:events';
import type { Server } from 'node:http';
import Database from 'better-sqlite3';
import type { DatabaseOptions } from '../lib/database/database.options.js';
import { InboxService } from '../lib/inbox/inbox.service.js';
import { QueueService } from '../lib/queue/queue.service.js';
import { standardWebhooks } from '../lib/signatures/providers/standard-webhooks/standard-webhooks.js';
import { ADAPTERS, startApp } from './support/application.js';
import { CuttableProxy } from './support/cuttable.proxy.js';
import { DATABASES, describeOnDatabases, type TestDatabase } from './support/databases.js';
import { GAME_SECRET, pointsUpdated } from './support/game.js';
import { SeenPoints } from './support/seen-points.js';

/** Takes the database away from an application, and gives it back. */
interface Outage {
  readonly database: TestDatabase;
  readonly timeouts: DatabaseOptions;
  begin(): Promise<void>;
  end(): void;
  close(): Promise<void>;
}

async function createOutage(database: TestDatabase): Promise<Outage> {
  const { options } = database;
  if (options.type === 'better-sqlite3') {
    // Another process that holds the write lock.
    const other = new Database(options.database);
    return {
      database: { ...database, options: { ...options, timeout: 1 } },
      // It waits for the lock so long; that a server is away, it knows at once.
      timeouts: { statementTimeoutMs: 1_000 },
      begin: async () => void other.exec('BEGIN EXCLUSIVE'),
      end: () => void other.exec('ROLLBACK'),
      close: async () => void other.close(),
    };
  }
  if (
    (options.type !== 'postgres' && options.type !== 'mysql' && options.type !== 'mariadb') ||
    options.url === undefined
  ) {
    throw new Error('no such database here');
  }
  const url = new URL(options.url);
  const port = url.port || (options.type === 'postgres' ? 5432 : 3306);
  const proxy = new CuttableProxy(url.hostname, Number(port));
  url.port = String(await proxy.listen());
  url.hostname = '127.0.0.1';
  return {
    database: { ...database, options: { ...options, url: url.href } },
    timeouts: {},
    begin: async () => proxy.cut(),
    end: () => proxy.restore(),
    close: () => proxy.close(),
  };
}

describeOnDatabases('When the database is away', (kind) => {
  describe.each(ADAPTERS)('with %s', (adapter) => {
    it('REQ-31 answers 503 with Retry-After, stores nothing, and accepts the same webhook afterwards', async () => {
      const database = await kind.create();
      const outage = await createOutage(database);
      const app = await startApp({
        database: outage.database,
        adapter,
        options: {
          sources: { game: standardWebhooks({ secret: GAME_SECRET }) },
          // Each answer is that of its own transaction: none is under way when the outage ends.
          inbox: { acceptTimeoutMs: 60_000 },
          database: outage.timeouts,
        },
        host: { providers: [SeenPoints] },
      });
      try {
        const { body, headers } = pointsUpdated({ userId: 1, points: 1 }, { id: 'msg_during' });
        await outage.begin();
        const answers = await Promise.all(
          [1, 2, 3].map(() => app.post('/webhooks/game', body, headers)),
        );
        for (const answer of answers) {
          expect(answer.status).toBe(503);
          expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
          expect(answer.body).toMatch(/^\{[^\n]*\}$/);
        }
        outage.end();
        expect((await app.app.get(InboxService).list()).items).toEqual([]);
        expect((await app.app.get(QueueService).list()).items).toEqual([]);

        const again = await app.post('/webhooks/game', body, headers);
        expect(JSON.parse(again.body)).toMatchObject({ status: 'accepted' });
        await app.drain();
        expect(app.app.get(SeenPoints).seen).toEqual(['msg_during']);
      } finally {
        await app.close();
        await outage.close();
        await database.drop();
      }
    });
  });
});

describe('When another process has locked the SQLite file', () => {
  it('F-6 stores nothing of what was answered 503 before its transaction began', async () => {
    const database = await DATABASES[0]!.create();
    const outage = await createOutage(database);
    const app = await startApp({
      database,
      options: {
        sources: { game: standardWebhooks({ secret: GAME_SECRET }) },
        // Of the two limits, only the first can end the wait for the lock.
        inbox: { acceptTimeoutMs: 400 },
        database: { statementTimeoutMs: 600_000 },
      },
      host: { providers: [SeenPoints] },
    });
    const post = (id: string) => {
      const { body, headers } = pointsUpdated({ userId: 1, points: 1 }, { id });
      return app.post('/webhooks/game', body, headers);
    };
    try {
      await outage.begin();
      const answers = await Promise.all(['msg_1', 'msg_2'].map(post));
      expect(answers.map(({ status }) => status)).toEqual([503, 503]);
      // In the same group, or behind it, and not too late when the lock goes.
      const arrived = once(app.app.getHttpServer() as Server, 'request');
      const intime = post('msg_3');
      await arrived;
      outage.end();
      expect(JSON.parse((await intime).body)).toMatchObject({ status: 'accepted' });

      const stored = (await app.app.get(InboxService).list()).items;
      expect(stored.map(({ id }) => id)).toEqual(['msg_3']);
      expect(JSON.parse((await post('msg_1')).body)).toMatchObject({ status: 'accepted' });
      await app.drain();
      expect(app.app.get(SeenPoints).seen.toSorted()).toEqual(['msg_1', 'msg_3']);
    } finally {
      await app.close();
      await outage.close();
      await database.drop();
    }
  });
});
