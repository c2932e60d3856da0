import { Global, Injectable, Module, Scope, type Type } from '@nestjs/common';
import { LazyModuleLoader } from '@nestjs/core';
import { Test, type TestingModule } from '@nestjs/testing';
import { Cron, ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { Column, DataSource, Entity, Index, PrimaryColumn, ViewColumn, ViewEntity } from 'typeorm';
import { close } from '../../test/support/close.js';
import { describeOnDatabases, type TestDatabase } from '../../test/support/databases.js';
import { FakeClock } from '../../test/support/fake.clock.js';
import {
  apiPoller,
  NEVER,
  Player,
  playersPoller,
  toPointsUpdated,
  type Mapper,
} from '../../test/support/players.js';
import { Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { SystemClock } from '../clock/system.clock.js';
import { CommitSignal } from '../database/commit-signal.js';
import { createSqlDatabase } from '../database/database.factory.js';
import { Sealer } from '../database/sealer.js';
import { SqlDatabase } from '../database/sql-database.js';
import { EventEntity } from '../inbox/event.entity.js';
import { EventSubscribers } from '../inbox/event-subscribers.js';
import { DEFAULT_INBOX_OPTIONS, RESOLVED_INBOX_OPTIONS } from '../inbox/inbox.options.js';
import { JobEntity } from '../queue/job.entity.js';
import { DEFAULT_QUEUE_OPTIONS, RESOLVED_QUEUE_OPTIONS } from '../queue/queue.options.js';
import {
  DEFAULT_RETENTION_OPTIONS,
  RESOLVED_RETENTION_OPTIONS,
} from '../retention/retention.options.js';
import { SafeLogger } from '../logging/safe.logger.js';
import { PollCursorEntity } from './cursor/poll-cursor.entity.js';
import { PollItemEntity } from './aside/poll-item.entity.js';
import { Poll } from './poll.decorator.js';
import { PollExplorer } from './poll.explorer.js';
import { PollRegistry } from './poll.registry.js';
import { PollRunner } from './run/poll.runner.js';
import type { PolledEvent, PolledPages, PollRequest } from './polled-event.js';
import { PollingModule } from './polling.module.js';
import { DEFAULT_POLLING_OPTIONS, RESOLVED_POLLING_OPTIONS } from './polling.options.js';

const EVERY_SECOND = '* * * * * *';
const MINUTE = 60_000;

@Entity('order_line')
@Index(['updatedAt', 'orderId', 'lineNo'])
class OrderLine {
  @PrimaryColumn('integer')
  orderId!: number;

  @PrimaryColumn('integer')
  lineNo!: number;

  @Column({ type: Date, precision: 6 })
  updatedAt!: Date;
}

/** Of each player a row per copy: its key is what the view says, and nothing checks it. */
@ViewEntity({
  name: 'player_view',
  expression: 'SELECT id, points, points AS version FROM player',
})
class PlayerView {
  @PrimaryColumn('integer')
  id!: number;

  @ViewColumn()
  points!: number;

  @ViewColumn()
  version!: number;
}

@Entity('stranger')
class Stranger {
  @PrimaryColumn('integer')
  id!: number;
}

interface Signal {
  readonly promise: Promise<void>;
  fire(): void;
}

function signal(): Signal {
  let fire = (): void => undefined;
  const promise = new Promise<void>((resolve) => {
    fire = resolve;
  });
  return { promise, fire };
}

interface Setup {
  readonly clock?: Clock;
  readonly polling?: object;
  readonly inbox?: object;
  /** Other options of the data source. */
  readonly source?: object;
  readonly imports?: NonNullable<Parameters<typeof Test.createTestingModule>[0]['imports']>;
  /** Stands for the database: called for each event on its way in. */
  readonly onAccept?: (type: string) => void;
}

describeOnDatabases('polling', (kind) => {
  let database: TestDatabase;
  let clock: FakeClock;
  const open: TestingModule[] = [];

  beforeEach(async () => {
    database = await kind.create();
    clock = new FakeClock();
  });

  afterEach(async () => {
    for (const app of open.splice(0)) await close(app);
    await database.drop();
  });

  async function start(providers: Type[], setup: Setup = {}): Promise<App> {
    @Global()
    @Module({
      imports: [
        TypeOrmModule.forRoot({ ...database.options, retryAttempts: 0, ...setup.source }),
        TypeOrmModule.forFeature([
          OrderLine,
          Player,
          EventEntity,
          JobEntity,
          PollCursorEntity,
          PollItemEntity,
        ]),
      ],
      providers: [
        { provide: SqlDatabase, useFactory: createSqlDatabase, inject: [getDataSourceToken()] },
        {
          provide: CommitSignal,
          useFactory: (source: DataSource) => new CommitSignal(source),
          inject: [getDataSourceToken()],
        },
        { provide: Clock, useValue: setup.clock ?? clock },
        { provide: DATABASE_CLOCK, useExisting: Clock },
        { provide: Sealer, useValue: new Sealer([]) },
        { provide: RESOLVED_INBOX_OPTIONS, useValue: { ...DEFAULT_INBOX_OPTIONS, ...setup.inbox } },
        { provide: RESOLVED_QUEUE_OPTIONS, useValue: { ...DEFAULT_QUEUE_OPTIONS, enabled: false } },
        { provide: RESOLVED_RETENTION_OPTIONS, useValue: DEFAULT_RETENTION_OPTIONS },
        {
          provide: RESOLVED_POLLING_OPTIONS,
          useValue: { ...DEFAULT_POLLING_OPTIONS, enabled: false, ...setup.polling },
        },
      ],
      exports: [
        SqlDatabase,
        CommitSignal,
        Sealer,
        Clock,
        DATABASE_CLOCK,
        RESOLVED_INBOX_OPTIONS,
        RESOLVED_QUEUE_OPTIONS,
        RESOLVED_RETENTION_OPTIONS,
        RESOLVED_POLLING_OPTIONS,
      ],
    })
    class Core {}

    const module = await Test.createTestingModule({
      imports: [Core, PollingModule, ...(setup.imports ?? [])],
      providers,
    }).compile();
    module.useLogger(false);
    module.get(EventSubscribers, { strict: false }).register({
      plan: ({ key, type }) => {
        setup.onAccept?.(type);
        const wanted = type !== 'unwanted';
        const job = { kind: 'handler', name: 'test', ref: key };
        return { ok: true, jobs: wanted ? [{ job, payload: undefined }] : [] };
      },
    });
    open.push(module);
    await module.init();
    return new App(module);
  }

  /** An application over the test's database. */
  class App {
    readonly polls: PollRegistry;
    readonly dataSource: DataSource;

    constructor(readonly module: TestingModule) {
      this.polls = module.get(PollRegistry, { strict: false });
      this.dataSource = module.get<DataSource>(getDataSourceToken(), { strict: false });
    }

    run(name = 'players') {
      return this.polls.run(name);
    }

    tick(scheduledAt: number, name = 'players') {
      const poller = this.module
        .get(PollExplorer, { strict: false })
        .all()
        .find((candidate) => candidate.name === name)!;
      return this.module.get(PollRunner, { strict: false }).run(poller, scheduledAt);
    }

    /** Inserts or changes a player; the time is a literal of the database, in its full precision. */
    put(id: number, points: number, updatedAt: string): Promise<unknown> {
      const column = this.quoted('updatedAt');
      const change =
        kind.name === 'MySQL'
          ? `ON DUPLICATE KEY UPDATE points = VALUES(points), ${column} = VALUES(${column})`
          : `ON CONFLICT (id) DO UPDATE SET points = excluded.points, ${column} = excluded.${column}`;
      return this.dataSource.query(
        `${this.insertion(`(${id}, ${points}, '${updatedAt}')`)} ${change}`,
      );
    }

    insertion(values: string): string {
      return `INSERT INTO player (id, points, ${this.quoted('updatedAt')}) VALUES ${values}`;
    }

    private quoted(column: string): string {
      return this.dataSource.driver.escape(column);
    }

    events(): Promise<EventEntity[]> {
      return this.dataSource.getRepository(EventEntity).find({ order: { key: 'ASC' } });
    }

    /** `id:points` of every event, in the order in which they came. */
    async told(): Promise<string[]> {
      const bodies = (await this.events()).map(
        ({ body }) => JSON.parse(body) as { id: number; points: number },
      );
      return bodies.map(({ id, points }) => `${id}:${points}`);
    }

    async row(name = 'players'): Promise<PollCursorEntity> {
      return this.dataSource.getRepository(PollCursorEntity).findOneByOrFail({ name });
    }

    async status(name = 'players') {
      return (await this.polls.list()).find((status) => status.name === name)!;
    }

    async close(): Promise<void> {
      open.splice(open.indexOf(this.module), 1);
      await this.module.close();
    }
  }

  describe('a table', () => {
    it('gives each changed row to its method, once, and the events to the inbox', async () => {
      const app = await start([playersPoller()]);
      await app.put(1, 10, '2026-01-01 00:00:01');
      expect(await app.run()).toEqual({
        outcome: 'done',
        more: false,
        accepted: 1,
        duplicates: 0,
        ignored: 0,
        rejected: 0,
      });
      await app.put(2, 20, '2026-01-01 00:00:02');
      await app.put(1, 11, '2026-01-01 00:00:03');
      expect(await app.run()).toMatchObject({ accepted: 2, duplicates: 0 });
      expect(await app.run()).toMatchObject({ accepted: 0, duplicates: 0 });
      expect(await app.told()).toEqual(['1:10', '2:20', '1:11']);
      const [event] = await app.events();
      expect(event).toMatchObject({
        source: 'players',
        tenant: '',
        type: 'points.updated',
        status: 'accepted',
      });
      expect(event?.id).toMatch(/^1@2026-01-01.00:00:01[^#]*#[0-9a-f]{16}$/);
      expect(await app.dataSource.getRepository(JobEntity).count()).toBe(3);
    });

    it('takes the cursor for the instant at which the event occurred', async () => {
      const app = await start([playersPoller()], {
        clock: new FakeClock(Date.parse('2026-06-01')),
      });
      await app.dataSource
        .getRepository(Player)
        .insert({ id: 1, points: 1, updatedAt: new Date('2026-01-02T03:04:05.678Z') });
      await app.run();
      const [event] = await app.events();
      expect(new Date(event!.occurredAt).toISOString()).toBe('2026-01-02T03:04:05.678Z');
    });

    it('takes several events of a row, or none', async () => {
      const map: Mapper = ({ id, points }) =>
        id === 1
          ? undefined
          : ['a', 'b', 'unwanted'].map((type) => ({ type, data: { id, points } }));
      const app = await start([playersPoller({}, map)]);
      await app.put(1, 10, '2026-01-01 00:00:01');
      await app.put(2, 20, '2026-01-01 00:00:01');
      expect(await app.run()).toMatchObject({ outcome: 'done', accepted: 2, ignored: 1 });
      const ids = (await app.events()).map(({ id }) => id).toSorted();
      expect(ids[0]).toMatch(/^2@/);
      expect(ids.slice(1)).toEqual([`${ids[0]}:2`, `${ids[0]}:3`]);
    });

    it('misses no row and repeats none where a page ends among equal cursor values', async () => {
      const app = await start([playersPoller({ pageSize: 3 })]);
      for (let id = 7; id >= 1; id--) await app.put(id, id, '2026-01-01 00:00:01');
      await app.put(8, 8, '2026-01-01 00:00:02');
      expect(await app.run()).toMatchObject({ accepted: 8, duplicates: 0 });
      expect(await app.told()).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((id) => `${id}:${id}`));
    });

    it('reads 2,000 rows with one cursor value in pages of 100', async () => {
      const app = await start([playersPoller({ pageSize: 100 })]);
      const rows = Array.from(
        { length: 2_000 },
        (_, index) => `(${index}, 1, '2026-01-01 00:00:01')`,
      );
      await app.dataSource.query(app.insertion(rows.join(', ')));
      expect(await app.run()).toMatchObject({ accepted: 2_000, duplicates: 0 });
      expect(await app.run()).toMatchObject({ accepted: 0, duplicates: 0 });
      expect(new Set(await app.told()).size).toBe(2_000);
    }, 30_000);

    it('tells two changes in the same second apart, and an unchanged row from both', async () => {
      const app = await start([playersPoller()]);
      await app.put(1, 10, '2026-01-01 00:00:01');
      await app.run();
      await app.put(1, 11, '2026-01-01 00:00:01');
      expect(await app.run()).toMatchObject({ accepted: 1 });
      expect(await app.run()).toMatchObject({ accepted: 0, duplicates: 0 });
      expect(await app.told()).toEqual(['1:10', '1:11']);
    });

    it('gives one event for a cursor value where told so, whatever else changes', async () => {
      const app = await start([playersPoller({ dedupeBy: 'cursor' })]);
      await app.put(1, 10, '2026-01-01 00:00:01');
      await app.run();
      await app.put(1, 11, '2026-01-01 00:00:01');
      expect(await app.run()).toMatchObject({ accepted: 0 });
      expect((await app.events())[0]?.id).not.toContain('#');
    });

    it('reads along a number', async () => {
      const app = await start([playersPoller({ cursor: 'points' })]);
      await app.put(1, 9, '2026-01-01 00:00:01');
      await app.put(2, 10, '2026-01-01 00:00:01');
      await app.run();
      await app.put(1, 11, '2026-01-01 00:00:01');
      await app.run();
      expect((await app.events()).map(({ id }) => id)).toEqual(['1@9', '2@10', '1@11']);
    });

    it('reads at most so many new rows a run, and goes on with the next', async () => {
      const app = await start([playersPoller({ pageSize: 4, maxRows: 5 })]);
      for (let id = 1; id <= 12; id++) await app.put(id, id, '2026-01-01 00:00:01');
      const results = [await app.run(), await app.run(), await app.run()];
      expect(results).toEqual([
        expect.objectContaining({ accepted: 5, more: true }),
        expect.objectContaining({ accepted: 5, more: true }),
        expect.objectContaining({ accepted: 2, more: false }),
      ]);
    });

    it('does not read what a transaction of the host has written and may roll back', async () => {
      const app = await start([playersPoller()]);
      const runner = app.dataSource.createQueryRunner();
      await runner.startTransaction();
      await runner.query(app.insertion(`(1, 1, '2026-01-01 00:00:01')`));
      const run = app.run();
      await new Promise(setImmediate);
      await runner.rollbackTransaction();
      await runner.release();
      expect(await run).toMatchObject({ outcome: 'done', accepted: 0 });
    });

    if (kind.name !== 'SQLite') {
      it('tells microseconds apart', async () => {
        const app = await start([playersPoller({ pageSize: 1 })]);
        await app.put(3, 1, '2026-01-01 00:00:01.000001');
        await app.put(2, 2, '2026-01-01 00:00:01.000002');
        await app.put(1, 3, '2026-01-01 00:00:01.000999');
        expect(await app.run()).toMatchObject({ accepted: 3, duplicates: 0 });
        expect(await app.run()).toMatchObject({ accepted: 0, duplicates: 0 });
        await app.put(3, 4, '2026-01-01 00:00:01.001');
        expect(await app.run()).toMatchObject({ accepted: 1 });
        expect(await app.told()).toEqual(['3:1', '2:2', '1:3', '3:4']);
      });
    }
  });

  describe('a key of several columns', () => {
    const linesPoller = (options: object = {}, lines: string[] = []): Type => {
      @Injectable()
      class Lines {
        @Poll({
          name: 'lines',
          cron: NEVER,
          entity: OrderLine,
          cursor: 'updatedAt',
          key: ['orderId', 'lineNo'],
          start: 'beginning',
          ...options,
        })
        changed({ orderId, lineNo }: OrderLine): PolledEvent {
          lines.push(`${orderId}/${lineNo}`);
          return { type: 'line.changed', data: { id: orderId, points: lineNo } };
        }
      }
      return Lines;
    };

    const insertLines = (app: App, lines: readonly (readonly [number, number])[]) =>
      app.dataSource.getRepository(OrderLine).insert(
        lines.map(([orderId, lineNo]) => ({
          orderId,
          lineNo,
          updatedAt: new Date('2026-01-01T10:00:00Z'),
        })),
      );

    it.each([{ pageSize: 3 }, { dedupeBy: 'cursor' }, { pageSize: 1, dedupeBy: 'cursor' }])(
      'F-21 tells all rows with one cursor value, with %j',
      async (options) => {
        const app = await start([linesPoller(options)]);
        const orders = Array.from({ length: 10 }, (_, index) => [index + 1, 1] as const);
        await insertLines(app, [...orders, [10, 2], [2, 10]]);
        const results = [await app.run('lines'), await app.run('lines')];
        expect(results).toMatchObject([
          { outcome: 'done', accepted: 12, duplicates: 0 },
          { accepted: 0, duplicates: 0 },
        ]);
        expect(new Set(await app.told()).size).toBe(12);
        // A number is no text: the last one is that of the highest numbers.
        expect(await app.status('lines')).toMatchObject({ cursor: { key: '["10","2"]' } });
      },
    );

    it('F-21 finds what was committed late between rows that were read, and settles', async () => {
      const app = await start([linesPoller({ pageSize: 2 })]);
      await insertLines(app, [
        [1, 1],
        [2, 2],
        [3, 3],
      ]);
      await app.run('lines');
      await insertLines(app, [
        [2, 1],
        [1, 9],
        [9, 1],
      ]);
      expect(await app.run('lines')).toMatchObject({ accepted: 3, duplicates: 0 });
      for (let round = 0; round < 3; round++) {
        clock.advance(5 * MINUTE);
        expect(await app.run('lines')).toMatchObject({ accepted: 0, duplicates: 0 });
      }
    });

    it('F-21 starts now, and tries a row again by its whole key', async () => {
      const seed = await start([]);
      await insertLines(seed, [
        [1, 1],
        [1, 2],
      ]);
      let isBroken = true;
      @Injectable()
      class Lines {
        @Poll({
          name: 'lines',
          cron: NEVER,
          entity: OrderLine,
          cursor: 'updatedAt',
          key: ['orderId', 'lineNo'],
        })
        changed({ orderId, lineNo }: OrderLine): PolledEvent {
          if (isBroken && lineNo === 4) throw new Error('broken');
          return { type: 'line.changed', data: { id: orderId, points: lineNo } };
        }
      }
      const app = await start([Lines]);
      await insertLines(app, [
        [1, 3],
        [1, 4],
      ]);
      expect(await app.run('lines')).toMatchObject({ outcome: 'done', accepted: 1 });
      isBroken = false;
      await app.run('lines');
      expect(await app.told()).toEqual(['1:3', '1:4']);
    });

    it.each([
      [
        'half of the primary key',
        linesPoller({ key: 'lineNo' }),
        /lacks 'orderId'.*\['orderId', 'lineNo'\]/,
      ],
      [
        'a list of half of it',
        linesPoller({ key: ['orderId'] }),
        /@Poll\('lines'\).*lacks 'lineNo'/,
      ],
      ['an empty list', linesPoller({ key: [] }), /the name of a column, or a list of some/],
      [
        'a column that is not unique',
        playersPoller({ key: 'points' }),
        /'points'.*lacks 'id'.*key: 'id'/,
      ],
    ])('F-21 refuses %s', async (_what, poller, message) => {
      await expect(start([poller])).rejects.toThrow(message);
    });

    const viewPoller = (): Type => {
      @Injectable()
      class Views {
        @Poll({
          name: 'view',
          cron: NEVER,
          entity: PlayerView,
          cursor: 'version',
          key: 'points',
          start: 'beginning',
        })
        changed({ id, points }: PlayerView): PolledEvent {
          return { type: 'changed', data: { id, points } };
        }
      }
      return Views;
    };

    it('F-21 fails the run where two rows of a view share cursor and key', async () => {
      const app = await start([viewPoller()], {
        imports: [TypeOrmModule.forFeature([PlayerView])],
      });
      await app.put(1, 10, '2026-01-01 00:00:01');
      await app.put(2, 20, '2026-01-01 00:00:01');
      expect(await app.run('view')).toMatchObject({ outcome: 'done', accepted: 2 });
      await app.put(3, 30, '2026-01-01 00:00:01');
      await app.put(4, 30, '2026-01-01 00:00:01');
      expect(await app.run('view')).toMatchObject({
        outcome: 'failed',
        error: expect.stringMatching(/player_view\(version, points\).*cursor '30'.*key '30'/),
      });
      await app.put(4, 40, '2026-01-01 00:00:01');
      expect(await app.run('view')).toMatchObject({ outcome: 'done', accepted: 2 });
    });
  });

  describe('a reset', () => {
    it('F-21 goes to the beginning, to now, and behind a position', async () => {
      const app = await start([playersPoller({ cursor: 'id', dedupeBy: 'cursor' })]);
      for (const id of [1, 2, 3]) await app.put(id, id, '2026-01-01 00:00:01');
      await app.run();
      await app.polls.reset('players', 'beginning');
      expect(await app.run()).toMatchObject({ accepted: 0 });
      await app.polls.reset('players', 'beginning', { repeat: true });
      expect(await app.run()).toMatchObject({ accepted: 3 });
      await app.polls.reset('players', { value: '1', key: '1' }, { repeat: true });
      expect(await app.run()).toMatchObject({ accepted: 2 });
      await app.polls.reset('players', { value: '3' }, { repeat: true });
      expect(await app.run()).toMatchObject({ accepted: 1 });
      await app.put(4, 4, '2026-01-01 00:00:01');
      await app.polls.reset('players', 'now');
      expect(await app.run()).toMatchObject({ accepted: 0 });
      await app.put(5, 5, '2026-01-01 00:00:01');
      expect(await app.run()).toMatchObject({ accepted: 1 });
      expect((await app.events()).map(({ id }) => id)).toEqual([
        '1@1',
        '2@2',
        '3@3',
        '1@1~2',
        '2@2~2',
        '3@3~2',
        '2@2~3',
        '3@3~3',
        '3@3~4',
        '5@5~4',
      ]);
    });

    it('F-21 ends a run of another process, which then changes nothing any more', async () => {
      const reached = signal();
      const released = signal();
      const map: Mapper = async ({ id, points }) => {
        if (id === 2) {
          reached.fire();
          await released.promise;
        }
        return { type: 'points.updated', data: { id, points } };
      };
      const app = await start([playersPoller({ pageSize: 1 }, map)]);
      const other = await start([playersPoller({ pageSize: 1 })]);
      for (const id of [1, 2, 3]) await app.put(id, id, `2026-01-01 00:00:0${id}`);
      const run = app.run();
      await reached.promise;
      await other.polls.reset('players', 'beginning');
      expect(await other.run()).toMatchObject({ outcome: 'done', accepted: 2, duplicates: 1 });
      released.fire();
      expect(await run).toMatchObject({ outcome: 'stopped' });
      expect(await app.status()).toMatchObject({ cursor: { key: '3' }, running: false });
      expect((await app.told()).toSorted()).toEqual(['1:1', '2:2', '3:3']);
    });

    it('F-21 says once that the ids start again, and finds the new rows when reset', async () => {
      const app = await start([playersPoller({ cursor: 'id' })]);
      const warn = jest.spyOn(SafeLogger.prototype, 'warn');
      const warnings = () =>
        warn.mock.calls.filter(([text]) => text.includes("PollRegistry.reset('players'"));
      for (const id of [5, 6]) await app.put(id, id, '2026-01-01 00:00:01');
      await app.run();
      await app.dataSource.getRepository(Player).clear();
      await app.put(5, 50, '2026-01-01 00:00:01');
      for (let round = 0; round < 3; round++) {
        clock.advance(5 * MINUTE);
        expect(await app.run()).toMatchObject({ accepted: 0 });
      }
      expect(warnings()).toHaveLength(1);
      await app.polls.reset('players', 'beginning', { repeat: true });
      expect(await app.run()).toMatchObject({ accepted: 1 });
      expect(await app.told()).toEqual(['5:5', '6:6', '5:50']);
      warn.mockRestore();
    });

    it.each([{ value: 5 }, { value: 'x' }, { value: '1', key: 'x' }, 'soon', null])(
      'F-21 refuses %j of a poller along a number',
      async (target) => {
        const app = await start([playersPoller({ cursor: 'id' })]);
        await app.put(1, 1, '2026-01-01 00:00:01');
        await app.run();
        await expect(app.polls.reset('players', target as never)).rejects.toThrow(TypeError);
        expect(await app.status()).toMatchObject({ cursor: { value: '1', key: '1' } });
        await expect(app.polls.reset('users', 'now')).rejects.toMatchObject({
          code: 'UNKNOWN_POLLER',
        });
      },
    );

    it('F-21 gives a method without a table the cursor that it is sent to', async () => {
      const cursors: unknown[] = [];
      const app = await start([
        apiPoller(({ cursor }) => {
          cursors.push(cursor);
          return { events: [], cursor: { page: 7 } };
        }),
      ]);
      await app.run('api');
      await app.polls.reset('api', { value: { page: 3 } });
      await app.run('api');
      await app.polls.reset('api', 'beginning');
      await app.run('api');
      expect(cursors).toEqual([undefined, { page: 3 }, undefined]);
      await expect(app.polls.reset('api', 'now')).rejects.toThrow(/'api' has no table/);
    });
  });

  describe('the first run', () => {
    it('begins with what changes after the application first started', async () => {
      const seed = await start([]);
      await seed.put(1, 10, '2026-01-01 00:00:01');
      await seed.put(2, 20, '2026-01-01 00:00:02');
      const app = await start([playersPoller({ start: 'now' })]);
      await app.put(1, 11, '2026-01-01 00:00:03');
      expect(await app.run()).toMatchObject({ accepted: 1, duplicates: 0 });
      clock.advance(5 * MINUTE);
      expect(await app.run()).toMatchObject({ accepted: 0, duplicates: 0 });
      expect(await app.told()).toEqual(['1:11']);
    });

    it('finds what changes in the second in which it started, whatever its key', async () => {
      const seed = await start([]);
      for (const id of [1, 2, 3]) await seed.put(id, id, '2026-01-01 00:00:02');
      const app = await start([playersPoller({ start: 'now', pageSize: 2 })]);
      await app.put(1, 11, '2026-01-01 00:00:02');
      await app.put(0, 7, '2026-01-01 00:00:02');
      expect(await app.run()).toMatchObject({ accepted: 2, duplicates: 0 });
      const again = await start([playersPoller({ start: 'now', pageSize: 2 })]);
      expect(await again.run()).toMatchObject({ accepted: 0, duplicates: 2 });
      clock.advance(2 * MINUTE);
      await again.run();
      expect(await again.told()).toEqual(['0:7', '1:11']);
    });

    it('begins with the first row of a table that was empty', async () => {
      const app = await start([playersPoller({ start: 'now' })]);
      await app.put(1, 10, '2020-01-01 00:00:01');
      expect(await app.run()).toMatchObject({ accepted: 1 });
    });

    it('begins with the beginning where told so', async () => {
      const seed = await start([]);
      await seed.put(1, 10, '2026-01-01 00:00:01');
      const app = await start([playersPoller({ start: 'beginning' })]);
      expect(await app.run()).toMatchObject({ accepted: 1 });
    });

    it('goes on after a restart where the last run ended', async () => {
      const before = await start([playersPoller({ start: 'now' })]);
      await before.put(1, 10, '2026-01-01 00:00:01');
      await before.run();
      await before.put(2, 20, '2026-01-01 00:00:02');
      await before.close();
      clock.advance(60 * MINUTE);
      const after = await start([playersPoller({ start: 'now' })]);
      expect(await after.run()).toMatchObject({ accepted: 1 });
      expect(await after.told()).toEqual(['1:10', '2:20']);
    });

    it('starts anew when its row is deleted', async () => {
      const app = await start([playersPoller({ start: 'now' })]);
      await app.put(1, 10, '2026-01-01 00:00:01');
      await app.dataSource.getRepository(PollCursorEntity).delete({ name: 'players' });
      expect(await app.run()).toMatchObject({ outcome: 'done', accepted: 0 });
      await app.put(1, 11, '2026-01-01 00:00:02');
      expect(await app.run()).toMatchObject({ accepted: 1 });
    });
  });

  describe('F-19 REQ-71 REQ-72 a row dated in the future', () => {
    const FUTURE = '2999-01-01 00:00:00';

    it('is told once, and hides none that is written after it', async () => {
      const app = await start([playersPoller()]);
      await app.put(1, 10, '2026-01-01 00:00:01');
      await app.put(9, 90, FUTURE);
      expect(await app.run()).toMatchObject({ accepted: 2 });
      for (const second of [2, 3, 4]) {
        clock.advance(10 * MINUTE);
        await app.put(second, second, `2026-01-01 00:00:0${second}`);
        expect(await app.run()).toMatchObject({ accepted: 1, duplicates: 0 });
      }
      expect(await app.told()).toEqual(['1:10', '9:90', '2:2', '3:3', '4:4']);
    });

    it('is the only row', async () => {
      const app = await start([playersPoller()]);
      await app.put(9, 90, FUTURE);
      expect(await app.run()).toMatchObject({ accepted: 1 });
      clock.advance(10 * MINUTE);
      await app.put(1, 10, '2026-01-01 00:00:01');
      expect(await app.run()).toMatchObject({ accepted: 1, duplicates: 0 });
    });

    it('counts as there before where the poller starts now', async () => {
      const seed = await start([]);
      await seed.put(1, 10, '2026-01-01 00:00:01');
      await seed.put(9, 90, FUTURE);
      const app = await start([playersPoller({ start: 'now' })]);
      expect(await app.run()).toMatchObject({ accepted: 0 });
      for (const second of [2, 3]) {
        clock.advance(10 * MINUTE);
        await app.put(second, second, `2026-01-01 00:00:0${second}`);
        expect(await app.run()).toMatchObject({ accepted: 1 });
      }
      expect(await app.told()).toEqual(['2:2', '3:3']);
    });
  });

  describe('the look-back', () => {
    it('finds rows that were committed late with an older cursor value', async () => {
      const app = await start([playersPoller()]);
      await app.put(5, 5, '2026-01-01 00:00:30');
      await app.run();
      await app.put(1, 1, '2026-01-01 00:00:10');
      expect(await app.run()).toMatchObject({ accepted: 1, duplicates: 0 });
      clock.advance(MINUTE);
      await app.put(2, 2, '2026-01-01 00:00:20');
      expect(await app.run()).toMatchObject({ accepted: 1, duplicates: 0 });
      expect(await app.told()).toEqual(['5:5', '1:1', '2:2']);
    });

    it('finds them also when runs are further apart than it is long', async () => {
      const app = await start([playersPoller()]);
      await app.put(5, 5, '2026-01-01 00:00:30');
      await app.run();
      clock.advance(10 * MINUTE);
      await app.put(1, 1, '2026-01-01 00:00:10');
      expect(await app.run()).toMatchObject({ accepted: 1 });
    });

    it('reads nothing again once it is over', async () => {
      const app = await start([playersPoller()]);
      await app.put(5, 5, '2026-01-01 00:00:30');
      await app.run();
      clock.advance(MINUTE);
      await app.run();
      clock.advance(MINUTE);
      await app.run();
      const { lookBack } = await app.row();
      expect(JSON.parse(lookBack!)).toMatchObject({
        settled: JSON.parse((await app.row()).cursor!),
      });
      const fresh = await start([playersPoller()]);
      expect(await fresh.run()).toMatchObject({ accepted: 0, duplicates: 0 });
    });

    it('gives what is read again to no method that has had it', async () => {
      const seen: number[] = [];
      const map: Mapper = (player) => {
        seen.push(player.id);
        return toPointsUpdated(player);
      };
      const app = await start([playersPoller({}, map)]);
      await app.put(1, 1, '2026-01-01 00:00:01');
      await app.run();
      await app.put(2, 2, '2026-01-01 00:00:02');
      await app.run();
      expect(seen).toEqual([1, 2]);
    });

    it('makes no second event in a process that does not remember the first', async () => {
      const app = await start([playersPoller()]);
      await app.put(1, 1, '2026-01-01 00:00:01');
      await app.run();
      const other = await start([playersPoller()]);
      expect(await other.run()).toMatchObject({ accepted: 0, duplicates: 1 });
    });

    it('does not count against the limit of a run', async () => {
      const app = await start([playersPoller({ pageSize: 2, maxRows: 2 })]);
      for (let id = 1; id <= 6; id++) await app.put(id, id, '2026-01-01 00:00:01');
      await app.run();
      const other = await start([playersPoller({ pageSize: 2, maxRows: 2 })]);
      expect(await other.run()).toMatchObject({ accepted: 2, duplicates: 2 });
      clock.advance(MINUTE);
      expect(await app.run()).toMatchObject({ accepted: 2, duplicates: 2 });
      expect(await app.run()).toMatchObject({ accepted: 0, more: false });
      expect(new Set(await app.told()).size).toBe(6);
    });
  });

  describe('a method that throws', () => {
    it('F-23 sets its row aside; the next run tries that row again', async () => {
      let broken = true;
      const map: Mapper = (player) => {
        if (broken && player.id === 3) throw new Error('no mapping for 3');
        return toPointsUpdated(player);
      };
      const app = await start([playersPoller({ pageSize: 10 }, map), apiPoller(() => undefined)]);
      for (let id = 1; id <= 5; id++) await app.put(id, id, '2026-01-01 00:00:01');
      expect(await app.run()).toMatchObject({ outcome: 'done', accepted: 4 });
      expect(await app.status()).toMatchObject({ cursor: { key: '5' }, running: false });
      expect(await app.run('api')).toMatchObject({ outcome: 'done' });
      broken = false;
      expect(await app.run()).toMatchObject({ outcome: 'done', accepted: 1 });
      expect(await app.told()).toEqual(['1:1', '2:2', '4:4', '5:5', '3:3']);
    });

    it('is one that returns no event', async () => {
      const app = await start([playersPoller({}, () => ({ data: 1 }) as never)]);
      await app.put(1, 1, '2026-01-01 00:00:01');
      expect(await app.run()).toMatchObject({ outcome: 'done', accepted: 0 });
      const items = await app.dataSource.getRepository(PollItemEntity).find();
      expect(items).toMatchObject([
        { kind: 'row', error: expect.stringContaining('`type` of a polled event') as unknown },
      ]);
    });
  });

  it('REQ-31 tries again when the inbox could not commit', async () => {
    let away = true;
    const onAccept = (): void => {
      if (away) throw new Error('the database is away');
    };
    const app = await start([playersPoller()], { onAccept });
    await app.put(1, 1, '2026-01-01 00:00:01');
    expect(await app.run()).toMatchObject({
      outcome: 'failed',
      error: 'Error: the database is away',
    });
    expect((await app.status()).cursor).toBeUndefined();
    away = false;
    expect(await app.run()).toMatchObject({ outcome: 'done', accepted: 1 });
  });

  it('fails a run, and no more, when its database is gone', async () => {
    const app = await start([playersPoller()]);
    await app.dataSource.destroy();
    expect(await app.run()).toMatchObject({ outcome: 'failed' });
    await app.dataSource.initialize();
    expect(await app.run()).toMatchObject({ outcome: 'done' });
  });

  describe('several processes', () => {
    it('REQ-54 run a tick once', async () => {
      const apps = [await start([playersPoller()]), await start([playersPoller()])] as const;
      await apps[0].put(1, 1, '2026-01-01 00:00:01');
      const tick = clock.now();
      const first = await Promise.all(apps.map((app) => app.tick(tick)));
      expect(first.map(({ outcome }) => outcome).toSorted()).toEqual(['busy', 'done']);
      for (const app of apps) expect(await app.tick(tick)).toEqual({ outcome: 'busy' });
      expect(await apps[1].tick(tick + 1_000)).toMatchObject({ outcome: 'done' });
      expect(await apps[0].run()).toMatchObject({ outcome: 'done' });
      expect(await apps[0].told()).toEqual(['1:1']);
    });

    it('are not held up by a tick that a wrong clock has stored', async () => {
      const app = await start([playersPoller()]);
      await app.tick(clock.now() + 365 * 24 * 60 * MINUTE);
      expect(await app.tick(clock.now())).toMatchObject({ outcome: 'done' });
    });

    it('REQ-54 run a poller one at a time, and keep a slow one', async () => {
      const entered = signal();
      const leave = signal();
      const slow = apiPoller(
        async ({ cursor }) => {
          entered.fire();
          await leave.promise;
          return { events: [], cursor: `${String(cursor)}+` };
        },
        { timeoutMs: 2 * MINUTE },
      );
      const app = await start([slow]);
      const other = await start([slow]);
      const run = app.run('api');
      await entered.promise;
      expect(await app.run('api')).toEqual({ outcome: 'busy' });
      expect(await other.run('api')).toEqual({ outcome: 'busy' });
      expect((await other.status('api')).running).toBe(true);

      const { leaseUntil } = await app.row('api');
      clock.advance(DEFAULT_POLLING_OPTIONS.leaseMs / 2);
      while ((await app.row('api')).leaseUntil === leaseUntil) await new Promise(setImmediate);
      clock.advance(DEFAULT_POLLING_OPTIONS.leaseMs / 2 + 1);
      expect(await other.run('api')).toEqual({ outcome: 'busy' });
      leave.fire();
      expect(await run).toMatchObject({ outcome: 'done' });
      expect(await app.row('api')).toMatchObject({ leasedBy: null, leaseUntil: null });
    });

    it('REQ-30 REQ-54 take over what a dead one has held, which then changes nothing any more', async () => {
      const entered = signal();
      const leave = signal();
      const stuck: Mapper = async (player) => {
        if (player.id === 3) {
          entered.fire();
          await leave.promise;
        }
        return toPointsUpdated(player);
      };
      // Its own clock stands still, and so does its heartbeat.
      const dead = await start([playersPoller({ pageSize: 2 }, stuck)], { clock: new FakeClock() });
      for (let id = 1; id <= 4; id++) await dead.put(id, id, `2026-01-01 00:00:0${id}`);
      const run = dead.run();
      await entered.promise;

      const app = await start([playersPoller({ pageSize: 2 })]);
      expect(await app.run()).toEqual({ outcome: 'busy' });
      clock.advance(DEFAULT_POLLING_OPTIONS.leaseMs);
      expect(await app.run()).toMatchObject({ outcome: 'done', accepted: 2, duplicates: 2 });
      await app.put(5, 5, '2026-01-01 00:00:05');
      await app.run();
      const { cursor } = await app.row();

      leave.fire();
      expect(await run).toMatchObject({ outcome: 'stopped', duplicates: 2 });
      expect((await app.row()).cursor).toBe(cursor);
      expect((await app.told()).toSorted()).toEqual(['1:1', '2:2', '3:3', '4:4', '5:5']);
    });

    it('REQ-47 take a row for the same, in whatever zone they read its dates', async () => {
      const inZone = (hours: number): object => {
        const { options } = database;
        // What `pg` and `mysql2` make of a date without a zone is up to the driver and the process.
        if (options.type === 'mysql' || options.type === 'mariadb') {
          return {
            timezone: `${hours < 0 ? '-' : '+'}${String(Math.abs(hours)).padStart(2, '0')}:00`,
          };
        }
        if (options.type !== 'postgres') return {};
        const { options: search } = options.extra as { options: string };
        return { extra: { options: `${search} -c timezone=<Z>${-hours}` } };
      };
      const east = await start([playersPoller()], { source: inZone(13) });
      const west = await start([playersPoller()], { source: inZone(-11) });
      await east.put(1, 1, '2026-01-01 00:00:01');
      expect(await east.run()).toMatchObject({ accepted: 1, duplicates: 0 });
      expect(await west.run()).toMatchObject({ accepted: 0, duplicates: 1 });
      expect(await east.told()).toEqual(['1:1']);
    });

    it('pause and resume for all', async () => {
      const app = await start([playersPoller()]);
      const other = await start([playersPoller()]);
      await app.put(1, 1, '2026-01-01 00:00:01');
      await app.polls.pause('players');
      expect(await other.status()).toMatchObject({ paused: true, nextRunAt: undefined });
      expect(await other.run()).toEqual({ outcome: 'paused' });
      expect(await app.tick(clock.now())).toEqual({ outcome: 'paused' });
      await other.polls.resume('players');
      expect(await app.run()).toMatchObject({ accepted: 1 });
    });
  });

  describe('a method without an entity', () => {
    it('gets the cursor of the page before, after a restart too', async () => {
      const cursors: unknown[] = [];
      const api = apiPoller(async function* ({ cursor }: PollRequest) {
        cursors.push(cursor);
        yield { events: [{ type: 'a', data: 1 }], cursor: { page: 1 } };
        yield {
          events: [
            { type: 'a', data: 2 },
            { type: 'unwanted', data: 3 },
          ],
          cursor: { page: 2 },
        };
        yield { events: [] };
      });
      const app = await start([api]);
      expect(await app.run('api')).toMatchObject({ outcome: 'done', accepted: 2, ignored: 1 });
      await app.close();
      const again = await start([api]);
      expect(await again.run('api')).toMatchObject({ outcome: 'done', accepted: 0, duplicates: 0 });
      expect(cursors).toEqual([undefined, { page: 2 }]);
      expect((await again.status('api')).cursor).toEqual({ page: 2 });
    });

    it('may return a page, pages, a promise of them, or nothing', async () => {
      const page = (data: number) => ({ events: [{ type: 'a', data }], cursor: data });
      const answers: (PolledPages | Promise<PolledPages>)[] = [
        page(1),
        [page(2), page(3)],
        Promise.resolve(page(4)),
        Promise.resolve([page(5)]),
        new Set([page(6)]),
        undefined,
        null,
      ];
      const app = await start([apiPoller(() => answers.shift())]);
      const accepted = [];
      while (answers.length > 0) accepted.push((await app.run('api')) as { accepted: number });
      expect(accepted.map((result) => result.accepted)).toEqual([1, 2, 1, 1, 1, 0, 0]);
      expect((await app.status('api')).cursor).toBe(6);
    });

    it('keeps the pages that came before it threw', async () => {
      const app = await start([
        apiPoller(function* () {
          yield { events: [{ type: 'a', data: 1 }], cursor: 1 };
          throw new Error('HTTP 500');
        }),
      ]);
      expect(await app.run('api')).toMatchObject({
        outcome: 'failed',
        error: 'Error: HTTP 500',
        accepted: 1,
      });
      expect((await app.status('api')).cursor).toBe(1);
    });

    it('fails where it returns something else', async () => {
      const app = await start([apiPoller(() => ({ rows: [] }) as never)]);
      expect(await app.run('api')).toMatchObject({ outcome: 'failed', error: /Expected a page/ });
    });

    it('hands in more events of a page than the inbox takes at a time', async () => {
      const events = Array.from({ length: 6_000 }, (_, data) => ({ type: 'a', data }));
      const app = await start([apiPoller(() => ({ events, cursor: 1 }))]);
      expect(await app.run('api')).toMatchObject({ outcome: 'done', accepted: 6_000 });
    }, 30_000);

    it('hands them in one after the other where the inbox takes but one', async () => {
      const events = Array.from({ length: 20 }, (_, data) => ({ type: 'a', data }));
      const app = await start([apiPoller(() => ({ events, cursor: 1 }))], {
        inbox: { maxWaiting: 1 },
      });
      expect(await app.run('api')).toMatchObject({ outcome: 'done', accepted: 20 });
    });
  });

  it('REQ-56 finishes the page, releases the poller and runs no other when the application stops', async () => {
    const entered = signal();
    const leave = signal();
    const stopping = signal();
    const app = await start([
      apiPoller(async function* ({ signal: stop }: PollRequest) {
        stop.addEventListener('abort', () => stopping.fire());
        entered.fire();
        await leave.promise;
        yield { events: [{ type: 'a', data: 1 }], cursor: 1 };
        yield { events: [{ type: 'a', data: 2 }], cursor: 2 };
      }),
    ]);
    const watcher = await start([]);
    const run = app.run('api');
    await entered.promise;
    const closing = app.close();
    await stopping.promise;
    leave.fire();
    await closing;
    expect(await run).toMatchObject({ outcome: 'stopped' });
    expect(await watcher.row('api')).toMatchObject({
      cursor: '1',
      leasedBy: null,
      leaseUntil: null,
    });
    expect(await app.run('api')).toMatchObject({ outcome: 'stopped' });
  });

  it('stops in time though a method does not', async () => {
    const entered = signal();
    const app = await start([
      apiPoller(async () => {
        entered.fire();
        return new Promise<undefined>(() => undefined);
      }),
    ]);
    const run = app.run('api');
    await entered.promise;
    const closing = app.close();
    await new Promise(setImmediate);
    clock.advance(DEFAULT_POLLING_OPTIONS.stopTimeoutMs);
    await closing;
    expect(run).toBeInstanceOf(Promise);
  });

  describe('schedules', () => {
    it('run a poller by its cron expression, as a job of the host scheduler', async () => {
      const ran = signal();
      let hostTicks = 0;

      @Injectable()
      class Pollers {
        @Poll({ name: 'every-second', cron: EVERY_SECOND })
        tick(): void {
          ran.fire();
        }

        @Cron(NEVER, { name: 'of-the-host' })
        hostTick(): void {
          hostTicks++;
        }
      }

      const app = await start([Pollers], {
        clock: new SystemClock(),
        polling: { enabled: true },
        imports: [ScheduleModule.forRoot()],
      });
      const schedulers = app.module.get(SchedulerRegistry, { strict: false });
      expect([...schedulers.getCronJobs().keys()].toSorted()).toEqual([
        'of-the-host',
        'poll:every-second',
      ]);
      await ran.promise;
      const status = await app.status('every-second');
      expect(status.lastRunAt).toBeInstanceOf(Date);
      expect(status.nextRunAt!.getTime()).toBeGreaterThan(Date.now() - 1_000);
      await app.close();
      expect(schedulers.getCronJobs().size).toBe(0);
      expect(hostTicks).toBe(0);
    });

    it('REQ-54 run a poller once a tick over three instances, never twice at a time', async () => {
      const runs: { instance: number; tick: number | null }[] = [];
      const enough = signal();
      let atOnce = 0;
      let mostAtOnce = 0;
      const instances: App[] = [];
      const instance = (index: number): Type => {
        @Injectable()
        class Pollers {
          @Poll({ name: 'every-second', cron: EVERY_SECOND })
          async tick(): Promise<void> {
            mostAtOnce = Math.max(mostAtOnce, ++atOnce);
            const { lastTick } = await instances[0]!.row('every-second');
            runs.push({ instance: index, tick: lastTick });
            atOnce--;
            if (runs.length === 4) enough.fire();
          }
        }
        return Pollers;
      };
      // The timers start with the first one, which is not the only one then.
      instances.push(await start([]));
      for (const index of [0, 1, 2]) {
        instances.push(
          await start([instance(index)], { clock: new SystemClock(), polling: { enabled: true } }),
        );
      }
      await enough.promise;
      const [observer, ...others] = instances;
      await Promise.all(others.map((app) => app.close()));
      const ticks = runs.map(({ tick }) => tick!);
      expect(ticks).toEqual([...new Set(ticks)].toSorted((a, b) => a - b));
      expect(ticks.every((tick) => tick % 1_000 === 0)).toBe(true);
      expect(mostAtOnce).toBe(1);
      expect(await observer!.row('every-second')).toMatchObject({
        run: runs.length,
        leasedBy: null,
      });
    });

    it('need no scheduler of the host, and nothing where polling is not enabled', async () => {
      const ran = signal();

      @Injectable()
      class Pollers {
        @Poll({ name: 'every-second', cron: EVERY_SECOND })
        tick(): void {
          ran.fire();
        }
      }

      let ticks = 0;
      const idle = await start([Pollers], { polling: { enabled: false } });
      const status = await idle.status('every-second');
      expect(status.lastRunAt).toBeUndefined();
      expect(status.nextRunAt).toBeInstanceOf(Date);
      await idle.close();
      const app = await start([Pollers], { clock: new SystemClock(), polling: { enabled: true } });
      await ran.promise.then(() => ticks++);
      await app.close();
      expect(ticks).toBe(1);
    });
  });

  describe('start-up', () => {
    const raw = (options: object): Type => {
      @Injectable()
      class Pollers {
        @Poll(options as never)
        poll(): void {}
      }
      return Pollers;
    };
    const table = { name: 'players', cron: NEVER, entity: Player, cursor: 'updatedAt', key: 'id' };

    it.each<[string, Type[], RegExp]>([
      [
        'two pollers whose names differ in case alone',
        [playersPoller(), playersPoller({ name: 'Players' })],
        /two pollers with the name 'Players'/,
      ],
      ['no name', [raw({ cron: NEVER })], /Pollers\.poll.*name/],
      ['a name with a space', [raw({ name: 'my players', cron: NEVER })], /letters, digits/],
      ['a name of 65 characters', [raw({ name: 'x'.repeat(65), cron: NEVER })], /1 to 64/],
      [
        'an invalid cron expression',
        [raw({ ...table, cron: 'often' })],
        /'often' of @Poll\('players'\)/,
      ],
      [
        'a cron expression that never fits',
        [raw({ ...table, cron: '0 0 31 2 *' })],
        /'0 0 31 2 \*'/,
      ],
      ['no cron expression', [raw({ name: 'players' })], /@Poll\('players'\)\.cron/],
      ['an unknown time zone', [raw({ ...table, timeZone: 'Mars/Olympus' })], /timeZone/],
      ['no cursor', [raw({ ...table, cursor: undefined })], /@Poll\('players'\)\.cursor/],
      ['no key', [raw({ ...table, key: undefined })], /@Poll\('players'\)\.key/],
      [
        'a cursor that is no column',
        [raw({ ...table, cursor: 'changedAt' })],
        /'changedAt'.*no column of Player/,
      ],
      ['a key that is no column', [raw({ ...table, key: 'uuid' })], /'uuid'.*no column of Player/],
      [
        'a cursor without an order',
        [raw({ ...table, cursor: 'extra' })],
        /number, a date or a text/,
      ],
      [
        'an entity that the data source does not know',
        [raw({ ...table, entity: Stranger })],
        /not known to the data source/,
      ],
      [
        'an entity that was not loaded yet',
        [raw({ ...table, entity: undefined })],
        /import each other/,
      ],
      ['an option that there is not', [raw({ ...table, interval: 5 })], /interval/],
      ['a page of no rows', [raw({ ...table, pageSize: 0 })], /pageSize/],
      ['an unknown start', [raw({ ...table, start: 'today' })], /'now' or 'beginning'/],
      ['an unknown way to dedupe', [raw({ ...table, dedupeBy: 'id' })], /'cursor' or 'content'/],
    ])('refuses %s', async (_what, providers, message) => {
      await expect(start(providers)).rejects.toMatchObject({
        code: 'CONFIGURATION',
        message: expect.stringMatching(message) as string,
      });
    });

    it('REQ-51 refuses a request-scoped class', async () => {
      @Injectable({ scope: Scope.REQUEST })
      class Scoped {
        @Poll({ name: 'scoped', cron: NEVER })
        poll(): void {}
      }
      await expect(start([Scoped])).rejects.toMatchObject({
        code: 'CONFIGURATION',
        message: expect.stringMatching(/Scoped\.poll/) as string,
      });
    });

    it('refuses a poller whose cursor is one over something else', async () => {
      const app = await start([playersPoller()]);
      await app.close();
      await expect(start([playersPoller({ cursor: 'points' })])).rejects.toThrow(
        /has read player\(updatedAt, id\) so far, and is now to read player\(points, id\)/,
      );
    });

    it('advises an index that leads with the cursor', async () => {
      const app = await start([
        playersPoller(),
        playersPoller({ name: 'points', cursor: 'points' }),
      ]);
      const pollers = app.module.get(PollExplorer, { strict: false }).all();
      const advice = await Promise.all(pollers.map(({ reader }) => reader.advice()));
      expect(advice).toEqual([undefined, expect.stringContaining("@Index(['points', 'id'])")]);
    });

    it('REQ-51 finds pollers of modules that are loaded later', async () => {
      const app = await start([], { polling: { enabled: true } });
      @Module({ providers: [playersPoller()] })
      class Late {}
      await app.module.get(LazyModuleLoader).load(() => Late);
      clock.advance(10_000);
      while ((await app.dataSource.getRepository(PollCursorEntity).count()) === 0) {
        await new Promise(setImmediate);
      }
      expect((await app.polls.list()).map(({ name }) => name)).toEqual(['players']);
    });

    it('knows the names of all pollers, and none that does not exist', async () => {
      const app = await start([playersPoller(), apiPoller(() => undefined)]);
      const names = app.module.get(PollExplorer, { strict: false }).names();
      expect([...names].toSorted()).toEqual(['api', 'players']);
      await expect(app.run('users')).rejects.toMatchObject({ code: 'UNKNOWN_POLLER' });
    });
  });
});
