import { Injectable } from '@nestjs/common';
import { EventEntity } from '../lib/inbox/event.entity.js';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../lib/event/webhook-event.js';
import { standardWebhooks } from '../lib/signatures/providers/standard-webhooks/standard-webhooks.js';
import {
  ADAPTERS,
  startApp,
  type AdapterName,
  type Answer,
  type TestApp,
} from './support/application.js';
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

/** An application, and the connections between it and a database of its own. */
interface Host {
  readonly database: ProxiedDatabase;
  readonly app: TestApp;
}

async function start(kind: DatabaseKind, adapter: AdapterName): Promise<Host> {
  const database = await proxied(await kind.create());
  const app = await startApp({
    database,
    adapter,
    options: { sources: { game: standardWebhooks({ secret: GAME_SECRET }) } },
    host: { providers: [Handlers] },
  });
  return { database, app };
}

function post({ app }: Host, id: string): Promise<Answer> {
  const { body, headers } = pointsUpdated({ userId: 1, points: 1 }, { id });
  return app.post('/webhooks/game', body, headers);
}

function expectRefused({ status, headers }: Answer): void {
  expect(status).toBe(503);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
}

const named = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${name}_${index}`);

describeOnDatabases(
  `A database that does not answer, with ${ADAPTERS.join(' and ')}`,
  suite,
  SERVERS,
);

function suite(kind: DatabaseKind): void {
  // Both at once: each test waits for the time limits that users have.
  let hosts: readonly Host[];
  const onBoth = (play: (host: Host) => Promise<void>): Promise<unknown> =>
    Promise.all(hosts.map(play));

  beforeEach(async () => {
    hosts = await Promise.all(ADAPTERS.map((adapter) => start(kind, adapter)));
  });

  afterEach(() =>
    onBoth(async ({ app, database }) => {
      await app.close();
      await database.drop();
    }),
  );

  it('F-6 is answered 503 with Retry-After, whichever connections are silent, and 200 as soon as others are made', () =>
    onBoth(async (host) => {
      const { app, database } = host;
      const postAll = (ids: readonly string[]): Promise<Answer[]> =>
        Promise.all(ids.map((id) => post(host, id)));
      const before = named('before', 12);
      expect((await postAll(before)).map(({ status }) => status)).toEqual(before.map(() => 200));
      await app.drain();
      // A connection made meanwhile, such as for a poll, would answer.
      database.proxy.silenceAll();
      const during = named('during', 4);
      for (const answer of await postAll(during)) expectRefused(answer);
      database.proxy.restore();
      for (const id of during) while ((await post(host, id)).status !== 200);
      await app.drain();
      expect(app.app.get(Handlers).seen.toSorted()).toEqual([...before, ...during].toSorted());
    }));

  it('F-6 is answered 503 while somebody has a lock on the table', () =>
    onBoth(async (host) => {
      const dataSource = host.app.dataSource();
      const runner = dataSource.createQueryRunner();
      const table = dataSource.driver.escape(dataSource.getMetadata(EventEntity).tableName);
      if (kind.name === 'PostgreSQL') {
        await runner.query('BEGIN');
        await runner.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
      } else await runner.query(`LOCK TABLES ${table} WRITE`);
      expectRefused(await post(host, 'locked'));
      await runner.query(kind.name === 'PostgreSQL' ? 'COMMIT' : 'UNLOCK TABLES');
      await runner.release();
      while ((await post(host, 'locked')).status !== 200);
      expect(await dataSource.getRepository(EventEntity).count()).toBe(1);
    }));
}
