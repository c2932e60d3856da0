import { Injectable } from '@nestjs/common';
import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import type { DatabaseOptions } from '../lib/database/database.options.js';
import type {
  HandlerContext,
  TransactionalHandlerContext,
} from '../lib/dispatch/handler-context.js';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import { InboxService } from '../lib/inbox/inbox.service.js';
import { QueueService } from '../lib/queue/queue.service.js';
import { standardWebhooks } from '../lib/signatures/providers/standard-webhooks/standard-webhooks.js';
import { startApp, type TestApp } from './support/application.js';
import { DATABASES } from './support/databases.js';
import { GAME_SECRET, pointsUpdated } from './support/game.js';
import {
  hasPgBouncer,
  startPgBouncer,
  throughPgBouncer,
  type PgBouncer,
  type PoolMode,
} from './support/pgbouncer.js';
import { SharedDatabase } from './support/shared.database.js';

const EVENTS = 300;
const CLIENTS = 20;

const postgres = DATABASES.find(({ name }) => name === 'PostgreSQL');

@Injectable()
class Handlers {
  readonly handled: number[] = [];

  @OnWebhook('points.updated')
  plain(_event: unknown, { attempt }: HandlerContext): void {
    this.handled.push(attempt);
  }

  @OnWebhook('points.updated', { name: 'effect', transactional: true })
  async effect(_event: unknown, { manager }: TransactionalHandlerContext): Promise<void> {
    await manager.query('SELECT 1');
  }
}

if (!hasPgBouncer && process.env['REQUIRE_SERVICES'] === '1') {
  throw new Error('REQUIRE_SERVICES is set, and PgBouncer is not installed.');
}

const isPossible = hasPgBouncer && postgres?.available === true;
const suite = isPossible ? 'PgBouncer' : 'PgBouncer [skipped: it or PostgreSQL is missing]';

(isPossible ? describe : describe.skip)(suite, () => {
  // Its tables are there, as the migrations of an application are run without the pooler.
  const database = new SharedDatabase(postgres!);
  let pooler: PgBouncer;
  let app: TestApp;

  const start = async (mode: PoolMode, options: DatabaseOptions): Promise<void> => {
    const direct = database.options as { url: string };
    pooler = await startPgBouncer(direct.url, mode);
    const url = throughPgBouncer(direct.url, pooler);
    app = await startApp({
      database: { options: { ...direct, url, extra: {} } as TypeOrmModuleOptions },
      options: { database: options, sources: { game: standardWebhooks({ secret: GAME_SECRET }) } },
      host: { providers: [Handlers] },
    });
  };

  afterEach(async () => {
    await app.close();
    await pooler.stop();
  });

  const post = async (id: number): Promise<number> => {
    const { body, headers } = pointsUpdated({ userId: id, points: id }, { id: `msg_${id}` });
    return (await app.post('/webhooks/game', body, headers)).status;
  };

  it.each<readonly [PoolMode, string, DatabaseOptions]>([
    ['transaction', 'recognized by itself', {}],
    ['transaction', 'found out late', { preparedStatements: true }],
    ['transaction', 'known to the host', { preparedStatements: false }],
    ['session', 'recognized by itself', {}],
    ['session', 'with statements prepared, as it keeps them apart', { preparedStatements: true }],
  ])('F-7 in %s mode, %s, gets every event accepted and handled once', async (mode, _, options) => {
    await start(mode, options);
    const ids = Array.from({ length: EVENTS }, (__, id) => id);
    const statuses: number[] = [];
    await Promise.all(
      Array.from({ length: CLIENTS }, async () => {
        for (let id = ids.shift(); id !== undefined; id = ids.shift()) {
          statuses.push(await post(id));
        }
      }),
    );
    expect(statuses).toEqual(Array.from({ length: EVENTS }, () => 200));
    await app.drain();
    expect(app.app.get(Handlers).handled).toEqual(Array.from({ length: EVENTS }, () => 1));
    expect((await app.app.get(InboxService).list({}, { limit: 1_000 })).items).toHaveLength(EVENTS);
    expect(await app.app.get(QueueService).counts()).toMatchObject({ running: 0, discarded: 0 });
    expect(app.logger.text).not.toMatch(/prepared statement/);
  });
});
