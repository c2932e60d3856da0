import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import Database from 'better-sqlite3';
import { Entity, PrimaryColumn, QueryRunnerAlreadyReleasedError } from 'typeorm';
import type { TransactionalHandlerContext } from '../lib/dispatch/handler-context.js';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import { QueueService } from '../lib/queue/queue.service.js';
import { InboxService } from '../lib/inbox/inbox.service.js';
import { standardWebhooks } from '../lib/signatures/providers/standard-webhooks/standard-webhooks.js';
import { ADAPTERS, startApp, type TestApp } from './support/application.js';
import { CuttableProxy } from './support/cuttable.proxy.js';
import { DATABASES, describeOnDatabases, type TestDatabase } from './support/databases.js';
import { GAME_SECRET, pointsUpdated } from './support/game.js';
import { Signal } from './support/signal.js';

@Injectable()
class Handlers {
  readonly seen: string[] = [];

  @OnWebhook('points.updated')
  save({ id }: { id: string }): void {
    this.seen.push(id);
  }
}

/** Takes the database away from an application, and gives it back. */
interface Outage {
  readonly database: TestDatabase;
  begin(): Promise<void>;
  end(): void;
  close(): Promise<void>;
}

async function createOutage(database: TestDatabase): Promise<Outage> {
  const { options } = database;
  if (options.type === 'better-sqlite3') {
    // Another process that holds the write lock, and an application that does not wait for it.
    const other = new Database(options.database);
    return {
      database: { ...database, options: { ...options, timeout: 1 } },
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
        },
        host: { providers: [Handlers] },
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
        expect(app.app.get(Handlers).seen).toEqual(['msg_during']);
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
        inbox: { acceptTimeoutMs: 400 },
      },
      host: { providers: [Handlers] },
    });
    const post = (id: string) => {
      const { body, headers } = pointsUpdated({ userId: 1, points: 1 }, { id });
      return app.post('/webhooks/game', body, headers);
    };
    try {
      await outage.begin();
      const since = performance.now();
      const answers = await Promise.all(['msg_1', 'msg_2'].map(post));
      expect(performance.now() - since).toBeLessThan(2_000);
      expect(answers.map(({ status }) => status)).toEqual([503, 503]);
      // In the same group, or behind it, and not too late when the lock goes.
      const intime = post('msg_3');
      await sleep(100);
      outage.end();
      expect(JSON.parse((await intime).body)).toMatchObject({ status: 'accepted' });

      const stored = (await app.app.get(InboxService).list()).items;
      expect(stored.map(({ id }) => id)).toEqual(['msg_3']);
      expect(JSON.parse((await post('msg_1')).body)).toMatchObject({ status: 'accepted' });
      await app.drain();
      expect(app.app.get(Handlers).seen.toSorted()).toEqual(['msg_1', 'msg_3']);
    } finally {
      await app.close();
      await outage.close();
      await database.drop();
    }
  });
});

describeOnDatabases('Two machines', (kind) => {
  it('REQ-29 accept one of two copies that come at once, and both answer 200', async () => {
    const database = await kind.create();
    const options = { sources: { game: standardWebhooks({ secret: GAME_SECRET }) } };
    const host = { providers: [Handlers] };
    const machines: TestApp[] = [
      await startApp({ database, options, host }),
      await startApp({ database, options, host }),
    ];
    try {
      const copies = Array.from({ length: 20 }, (_, index) =>
        pointsUpdated({ userId: 1, points: index }, { id: `msg_${index}` }),
      );
      const answers = await Promise.all(
        copies.flatMap(({ body, headers }) =>
          machines.map((machine) => machine.post('/webhooks/game', body, headers)),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      const outcomes = answers.map(({ body }) => (JSON.parse(body) as { status: string }).status);
      expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(20);
      for (const machine of machines) await machine.drain();
      const seen = machines.flatMap((machine) => machine.app.get(Handlers).seen);
      expect(seen.toSorted()).toEqual(
        copies.map(({ headers }) => headers['webhook-id']!).toSorted(),
      );
    } finally {
      await Promise.all(machines.map((machine) => machine.close()));
      await database.drop();
    }
  });
});

/** An application in a process of its own. */
class AppProcess {
  private readonly lines = new Signal<string>();
  private readonly child: ChildProcess;

  constructor(database: TestDatabase, environment: Record<string, string> = {}) {
    this.child = spawn(
      process.execPath,
      ['--import', './test/support/ts-loader.mjs', './test/support/process-app.ts'],
      {
        cwd: resolve(__dirname, '..'),
        env: { ...process.env, DATABASE: JSON.stringify(database.options), ...environment },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    createInterface({ input: this.child.stdout! }).on('line', (line) => this.lines.push(line));
  }

  /** The rest of the next line that begins with the word. */
  async told(word: string): Promise<string> {
    for (;;) {
      const line = await this.lines.next();
      if (line.startsWith(`${word} `)) return line.slice(word.length + 1);
    }
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    await exited;
  }
}

describeOnDatabases('A process', (kind) => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await kind.create();
  });

  afterEach(() => database.drop());

  const post = (url: string, id: string): Promise<Response> =>
    fetch(`${url}/webhooks/game`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id, type: 'work' }),
    });

  it('REQ-30 that is killed while a handler runs loses nothing: another finishes the job', async () => {
    const first = new AppProcess(database, { HANG: '1' });
    const url = await first.told('listening');
    expect((await post(url, 'killed')).status).toBe(200);
    expect(await first.told('started')).toBe('killed 1');
    await first.end('SIGKILL');

    const second = new AppProcess(database);
    expect(await second.told('finished')).toBe('killed 1');
    await second.end('SIGTERM');
  }, 60_000);

  it('REQ-56 that is told to stop releases what it cannot finish, at once', async () => {
    const first = new AppProcess(database, { HANG: '1' });
    const url = await first.told('listening');
    await post(url, 'stopped');
    expect(await first.told('started')).toBe('stopped 1');
    await first.end('SIGTERM');

    const second = new AppProcess(database);
    expect(await second.told('finished')).toBe('stopped 1');
    await second.end('SIGTERM');
  }, 60_000);
});

@Entity({ name: 'late_effect' })
class LateEffect {
  @PrimaryColumn('integer') attempt!: number;
}

@Injectable()
class LateHandlers {
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
      host: { providers: [LateHandlers] },
    });
    try {
      const { body, headers } = pointsUpdated({ userId: 1, points: 1 });
      await app.post('/webhooks/game', body, headers);
      const late = await app.app.get(LateHandlers).late.next();
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
