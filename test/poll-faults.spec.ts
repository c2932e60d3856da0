import type { Type } from '@nestjs/common';
import pg from 'pg';
import { InboxService } from '../lib/inbox/inbox.service.js';
import { PollCursorEntity } from '../lib/polling/cursor/poll-cursor.entity.js';
import { PollRegistry } from '../lib/polling/poll.registry.js';
import { PollRunner } from '../lib/polling/run/poll.runner.js';
import { PollExplorer } from '../lib/polling/poll.explorer.js';
import type { PolledPages } from '../lib/polling/polled-event.js';
import type { PollRunResult } from '../lib/polling/poll-run-result.js';
import { RetryLater } from '../lib/retry/retry-later.js';
import { startApp, type TestApp } from './support/application.js';
import { describeOnDatabases, type TestDatabase } from './support/databases.js';
import { FakeClock } from './support/fake.clock.js';
import { apiPoller, Player, playersPoller } from './support/players.js';

const HOUR_MS = 3_600_000;

describeOnDatabases('Faults of polling', (kind) => {
  let database: TestDatabase;
  let clock: FakeClock;
  let apps: TestApp[];

  beforeEach(async () => {
    database = await kind.create();
    clock = new FakeClock();
    apps = [];
  });

  afterEach(async () => {
    await Promise.all(apps.map((app) => app.close()));
    await database.drop();
  });

  const start = async (pollers: Type, enabled = true): Promise<TestApp> => {
    const app = await startApp({
      database,
      options: { clock, polling: { enabled } },
      host: { providers: [pollers] },
      entities: [Player],
    });
    apps.push(app);
    return app;
  };

  const put = (app: TestApp, ...rows: readonly (readonly [id: number, points: number])[]) =>
    app
      .dataSource()
      .getRepository(Player)
      .save(
        rows.map(([id, points]) => ({
          id,
          points,
          updatedAt: new Date(Date.parse('2025-12-31T10:00:00Z') + id * 1_000),
        })),
      );

  const polls = (app: TestApp): PollRegistry => app.app.get(PollRegistry);
  const run = (app: TestApp, name = 'players'): Promise<PollRunResult> => polls(app).run(name);
  const cursorOf = (app: TestApp, name: string) =>
    app.dataSource().getRepository(PollCursorEntity).findOneByOrFail({ name });

  const tick = (app: TestApp, name: string, scheduledAt: number): Promise<PollRunResult> => {
    const poller = app.app
      .get(PollExplorer, { strict: false })
      .all()
      .find((one) => one.name === name)!;
    return app.app.get(PollRunner, { strict: false }).run(poller, scheduledAt);
  };

  /** A look into the database, by whichever process, has had its turn. */
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn++) await Promise.all(apps.map((app) => polls(app).list()));
  };

  const told = async (app: TestApp): Promise<unknown[]> => {
    const inbox = app.app.get(InboxService);
    const events = await inbox.find();
    const all = await Promise.all(events.map(({ key }) => inbox.get(key)));
    return all.map((event) => event?.data).toReversed();
  };

  it('F-23 REQ-80 has one row that the method cannot take hold up no other, and parks it in the end', async () => {
    const asked: number[] = [];
    let isCured = false;
    const app = await start(
      playersPoller({}, ({ id, points }) => {
        asked.push(id);
        if (id === 2 && !isCured) throw new Error('cannot take the second');
        return { type: 'points.updated', data: { id, points } };
      }),
    );
    await put(app, [1, 10], [2, 20], [3, 30], [4, 40]);
    expect(await run(app)).toMatchObject({ outcome: 'done', ignored: 3 });
    expect(asked).toEqual([1, 2, 3, 4]);
    for (let count = 2; count <= 5; count++)
      expect(await run(app)).toMatchObject({ outcome: 'done' });
    // Only the one that failed was given to the method again.
    expect(asked).toEqual([1, 2, 3, 4, 2, 2, 2, 2]);
    expect(await polls(app).parked('players')).toMatchObject([
      {
        poller: 'players',
        kind: 'row',
        attempts: 5,
        error: 'Error: cannot take the second',
        content: expect.stringContaining('"key":"2"') as unknown,
      },
    ]);
    expect(app.logger.of('warn').join()).toMatch(
      /'players' has parked the row .*cannot take the second/,
    );
    await run(app);
    expect(asked).toHaveLength(8);
    await put(app, [5, 50]);
    await run(app);
    expect(asked).toEqual([1, 2, 3, 4, 2, 2, 2, 2, 5]);

    isCured = true;
    const [{ item } = { item: '' }] = await polls(app).parked();
    expect(await polls(app).retryParked('players', item)).toBe(true);
    expect(await polls(app).parked()).toEqual([]);
    expect(await told(app)).toEqual([
      { id: 1, points: 10 },
      { id: 3, points: 30 },
      { id: 4, points: 40 },
      { id: 5, points: 50 },
      { id: 2, points: 20 },
    ]);
    expect(await polls(app).retryParked('players', item)).toBe(false);
  });

  it('F-23 takes a row for good that a later run can take, and drops what is given up by hand', async () => {
    let isDown = true;
    const app = await start(
      playersPoller({ onRowError: { parkAfter: 2 } }, ({ id, points }) => {
        if ((id === 2 && isDown) || id === 3) throw new Error('no');
        return { type: 'points.updated', data: { id, points } };
      }),
    );
    await put(app, [1, 10], [2, 20], [3, 30]);
    await run(app);
    isDown = false;
    await run(app);
    expect((await told(app)).length).toBe(2);
    const [parked] = await polls(app).parked();
    expect(parked).toMatchObject({
      attempts: 2,
      content: expect.stringContaining('"3"') as unknown,
    });
    expect(await polls(app).dropParked('players', parked!.item)).toBe(true);
    expect(await polls(app).parked()).toEqual([]);
    await run(app);
    expect(await polls(app).parked()).toEqual([]);
  });

  it('F-23 sets no row aside where the method fails for all of them', async () => {
    let isDown = true;
    const app = await start(
      playersPoller({}, ({ id }) => {
        if (isDown) throw new Error('the mail server is down');
        return { type: 'points.updated', data: { id } };
      }),
    );
    await put(app, [1, 10], [2, 20], [3, 30]);
    for (let count = 0; count < 4; count++) {
      expect(await run(app)).toMatchObject({ outcome: 'failed' });
    }
    expect(await polls(app).parked()).toEqual([]);
    expect((await polls(app).list())[0]).toMatchObject({ failures: 4, lastSuccessAt: undefined });
    isDown = false;
    expect(await run(app)).toMatchObject({ outcome: 'done', ignored: 3 });
    expect((await polls(app).list())[0]).toMatchObject({ failures: 0, lastSuccessAt: clock.date });
  });

  it('F-23 parks an item that is no event, and takes the others of its page', async () => {
    const app = await start(
      apiPoller(() => ({
        events: [{ type: 'a', data: 1 }, { data: 'no type' } as never, { type: 'c', data: 3 }],
        cursor: 7,
      })),
    );
    expect(await run(app, 'api')).toMatchObject({ outcome: 'done', ignored: 2 });
    expect(await told(app)).toEqual([1, 3]);
    expect(await cursorOf(app, 'api')).toMatchObject({ cursor: '7' });
    expect(await polls(app).parked('api')).toMatchObject([
      {
        kind: 'event',
        content: '{"data":"no type"}',
        error: expect.stringContaining('`type`') as unknown,
      },
    ]);
  });

  it.each([
    ['NaN', Number.NaN],
    ['a date', new Date(0)],
    ['a BigInt', 1n],
    ['undefined inside', { after: undefined }],
    ['a function', () => 1],
  ])('F-23 stores no cursor that JSON cannot keep: %s', async (_, cursor) => {
    let given: unknown = 1;
    const app = await start(apiPoller(() => ({ events: [], cursor: given })));
    await run(app, 'api');
    given = cursor;
    expect(await run(app, 'api')).toMatchObject({
      outcome: 'failed',
      error: expect.stringMatching(/`cursor` of a page of the poller 'api'/) as unknown,
    });
    expect(await cursorOf(app, 'api')).toMatchObject({ cursor: '1' });
  });

  it('F-23 REQ-81 ends a run whose method does not, and takes nothing of it any more', async () => {
    const signals: AbortSignal[] = [];
    let answer = (_page: PolledPages): void => undefined;
    const app = await start(
      apiPoller(({ signal }) => {
        signals.push(signal);
        return new Promise<PolledPages>((resolve) => (answer = resolve));
      }),
    );
    const running = run(app, 'api');
    while (signals.length === 0) await new Promise(setImmediate);
    clock.advance(60_000);
    expect(await running).toMatchObject({
      outcome: 'failed',
      error: expect.stringMatching(/time-out of 60000 ms/) as unknown,
    });
    expect(signals[0]?.aborted).toBe(true);
    answer({ events: [{ type: 'late', data: 1 }], cursor: 'late' });
    expect(await cursorOf(app, 'api')).toMatchObject({ leasedBy: null, cursor: null });
    const next = run(app, 'api');
    while (signals.length === 1) await new Promise(setImmediate);
    answer({ events: [{ type: 'in time', data: 2 }] });
    expect(await next).toMatchObject({ outcome: 'done', ignored: 1 });
    expect(await told(app)).toEqual([2]);
  });

  it('F-23 REQ-84 leaves an API alone for as long as it says, in all processes, and counts no failure', async () => {
    let answer: () => PolledPages = () => {
      throw new Response('', { status: 429, headers: { 'retry-after': '120' } });
    };
    // It runs by these ticks only, not by itself when a wait is over.
    const [one, other] = [
      await start(
        apiPoller(() => answer()),
        false,
      ),
      await start(
        apiPoller(() => answer()),
        false,
      ),
    ];
    const until = clock.now() + 120_000;
    expect(await tick(one, 'api', clock.now())).toMatchObject({ outcome: 'postponed' });
    answer = () => ({ events: [] });
    clock.advance(60_000);
    expect(await tick(other, 'api', clock.now())).toMatchObject({
      outcome: 'postponed',
      until: new Date(until),
    });
    const [status] = await polls(other).list();
    expect(status).toMatchObject({ failures: 0 });
    expect(status!.nextRunAt!.getTime()).toBeGreaterThanOrEqual(until);
    clock.advance(60_000);
    expect(await tick(other, 'api', clock.now())).toMatchObject({ outcome: 'done' });

    // Without a time the wait doubles, until a run succeeds.
    answer = () => {
      throw Object.assign(new Error('no'), { status: 503 });
    };
    clock.advance(1_000);
    for (const waitMs of [30_000, 60_000, 120_000]) {
      expect(await tick(one, 'api', clock.now())).toMatchObject({
        until: new Date(clock.now() + waitMs),
      });
      clock.advance(waitMs);
    }
    answer = () => {
      throw new RetryLater(5_000, 'busy');
    };
    // By hand it is asked at any time.
    expect(await run(one, 'api')).toMatchObject({ until: new Date(clock.now() + 5_000) });
  });

  const until = async (isDone: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await isDone())) await new Promise(setImmediate);
  };

  it('F-23 REQ-84 runs a daily poller once when its API permits it again, though another process was asked', async () => {
    let runs = 0;
    let answer: () => PolledPages = () => {
      throw new Response('', { status: 429, headers: { 'retry-after': '30' } });
    };
    const daily = (): Type =>
      apiPoller(
        () => {
          runs++;
          return answer();
        },
        { cron: '0 3 * * *', timeZone: 'UTC' },
      );
    const [one, other] = [await start(daily()), await start(daily())];
    await tick(one, 'api', clock.now());
    const end = clock.now() + 30_000;
    expect((await polls(other).list())[0]).toMatchObject({ nextRunAt: new Date(end) });
    // The process that was answered is gone; the other one finds out by itself.
    await one.close();
    apps.shift();
    answer = () => ({ events: [{ type: 'late', data: 1 }] });
    clock.advance(10_000);
    await settle();
    clock.advance(19_999);
    await settle();
    expect(runs).toBe(1);
    clock.advance(1);
    await until(async () => (await cursorOf(other, 'api')).lastSuccessAt !== null);
    expect(runs).toBe(2);
    expect(await told(other)).toEqual([1]);
    expect(await cursorOf(other, 'api')).toMatchObject({ lastTick: end, notBefore: null });
  });

  it('F-23 REQ-84 has two processes at the end of a wait run a poller once', async () => {
    let runs = 0;
    let isBusy = true;
    const daily = (): Type =>
      apiPoller(() => {
        runs++;
        if (isBusy) throw new RetryLater(30_000, 'busy');
        return { events: [] };
      });
    const both = [await start(daily()), await start(daily())];
    await tick(both[0]!, 'api', clock.now());
    isBusy = false;
    for (let count = 0; count < 6; count++) {
      clock.advance(10_000);
      await settle();
    }
    await until(async () => (await cursorOf(both[1]!, 'api')).lastSuccessAt !== null);
    for (let count = 0; count < 3; count++) {
      clock.advance(10_000);
      await settle();
    }
    expect(runs).toBe(2);
    expect(await cursorOf(both[0]!, 'api')).toMatchObject({ run: 2, leasedBy: null });
  });

  it.each([
    ['in time', 10_000, true, 2],
    ['too late', 600_000, true, 2],
    ['too late, where it makes up for nothing', 600_000, false, 1],
  ])(
    'F-23 REQ-84 keeps a postponed run over a restart that ends %s',
    async (_, downMs, catchUp, expected) => {
      let runs = 0;
      let isBusy = true;
      const daily = (): Type =>
        apiPoller(
          () => {
            runs++;
            if (isBusy) throw new RetryLater(30_000, 'busy');
            return { events: [] };
          },
          { catchUp },
        );
      const first = await start(daily());
      await tick(first, 'api', clock.now());
      await first.close();
      apps = [];
      isBusy = false;
      clock.advance(downMs);
      const again = await start(daily());
      await settle();
      expect(runs).toBe(1);
      clock.advance(30_000);
      await settle();
      if (expected === 2)
        await until(async () => (await cursorOf(again, 'api')).notBefore === null);
      expect(runs).toBe(expected);
    },
  );

  it('F-24 makes up once for ticks that fell into a downtime', async () => {
    const hourly = (ran: () => void): Type =>
      apiPoller(
        () => {
          ran();
          return { events: [] };
        },
        { cron: '0 * * * *', timeZone: 'UTC' },
      );
    let runs = 0;
    const count = (): void => void runs++;
    const first = await start(hourly(count));
    expect(runs).toBe(0);
    expect(await tick(first, 'api', clock.now())).toMatchObject({ outcome: 'done' });
    await first.close();
    apps.pop();

    clock.advance(5 * HOUR_MS + 60_000);
    let caught = (): void => undefined;
    const isCaught = new Promise<void>((resolve) => (caught = resolve));
    const again = await Promise.all([start(hourly(caught)), start(hourly(caught))]);
    await isCaught;
    await Promise.all(again.map((app) => app.close()));
    apps = [];
    const third = await start(hourly(count));
    expect(await cursorOf(third, 'api')).toMatchObject({
      run: 2,
      lastTick: Date.parse('2026-01-01T05:00:00Z'),
    });
    expect(runs).toBe(1);
  });

  it('F-25 REQ-79 has A, B and A again without ids be three events, and what stays one', async () => {
    let shown = ['A'];
    const app = await start(
      apiPoller(() => ({ events: shown.map((value) => ({ type: 'value', data: value })) })),
    );
    const accepted: unknown[] = [];
    for (const next of [['A'], ['A'], ['B'], ['A'], ['A', 'B']]) {
      shown = next;
      const result = await run(app, 'api');
      accepted.push(result.outcome === 'done' ? result.ignored : result);
    }
    expect(accepted).toEqual([1, 0, 1, 1, 1]);
    expect(await told(app)).toEqual(['A', 'B', 'A', 'B']);
  });

  it('F-22 takes rows of a driver that gives 64-bit integers as BigInt, under the ids of text', async () => {
    const seen: unknown[] = [];
    const app = await start(
      playersPoller({}, ({ id, score }) => {
        seen.push(score);
        return { type: 'score', data: { id: Number(id), score: String(score) } };
      }),
    );
    await app
      .dataSource()
      .getRepository(Player)
      .save({
        id: 1,
        points: 1,
        updatedAt: new Date('2025-12-31T10:00:00Z'),
        score: '9007199254740993',
      });
    const restore = bigIntegers(app);
    try {
      expect(await run(app)).toMatchObject({ outcome: 'done', ignored: 1 });
    } finally {
      restore();
    }
    const [event] = await app.app.get(InboxService).find();
    expect(await told(app)).toEqual([{ id: 1, score: '9007199254740993' }]);
    // What the content is told apart by has no BigInt in it, and is that of the text.
    expect(event!.id).toMatch(/^1@.+#[0-9a-f]{16}$/);
    expect(typeof seen[0]).toBe(seen[0] === '9007199254740993' ? 'string' : 'bigint');
  });

  /** Has the driver give 64-bit integers as BigInt, as hosts set it up. */
  const bigIntegers = (app: TestApp): (() => void) => {
    const { driver } = app.dataSource();
    if (kind.name === 'PostgreSQL') {
      const before = pg.types.getTypeParser(20);
      pg.types.setTypeParser(20, BigInt);
      return () => pg.types.setTypeParser(20, before);
    }
    if (kind.name === 'SQLite') {
      const { databaseConnection } = driver as unknown as {
        databaseConnection: { defaultSafeIntegers(on: boolean): void };
      };
      databaseConnection.defaultSafeIntegers(true);
      return () => databaseConnection.defaultSafeIntegers(false);
    }
    // mysql2 gives text for what a number cannot hold.
    return () => undefined;
  };

  it('F-20 takes the time that the method says, whatever the cursor', async () => {
    const occurredAt = new Date('2025-06-01T00:00:00Z');
    const app = await start(
      playersPoller({}, ({ id }) => ({ type: 'points.updated', data: { id }, occurredAt })),
    );
    await put(app, [1, 10]);
    await run(app);
    expect(await app.app.get(InboxService).find()).toMatchObject([
      { occurredAt: occurredAt.getTime() },
    ]);
  });

  if (kind.name === 'SQLite') {
    it('F-20 refuses a cursor of numbers and texts by its name, and goes on when all are of one kind', async () => {
      const app = await start(
        playersPoller({}, ({ id }) => ({ type: 'points.updated', data: { id } })),
      );
      await put(app, [1, 10], [2, 20]);
      await run(app);
      await app.dataSource().query(`UPDATE player SET "updatedAt" = 1767175203000 WHERE id = 2`);
      await put(app, [3, 30]);
      expect(await run(app)).toMatchObject({
        outcome: 'failed',
        error: expect.stringMatching(
          /MixedCursorError.*'players' reads player\(updatedAt, id\).*numbers and texts.*UPDATE/,
        ) as unknown,
      });
      expect(await told(app)).toEqual([{ id: 1 }, { id: 2 }]);
      await put(app, [2, 20]);
      expect(await run(app)).toMatchObject({ outcome: 'done' });
      expect(await told(app)).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
    });
  }

  it('F-22 says where a method has put a BigInt into an event', async () => {
    const app = await start(
      playersPoller({}, ({ id }) => ({
        type: 'points.updated',
        data: { id, of: [{ total: 5n }] },
      })),
    );
    await put(app, [1, 10]);
    await run(app);
    expect(app.logger.of('warn').join()).toMatch(
      /row \{.*"key":"1"\}.*`data\.of\.0\.total` of an event of the poller 'players'.*BigInt.*String\(value\)/,
    );
  });
});
