// Ours polls a big table with few changes; the naive way queries the table for all players who have reached a
// hundred points.
import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  Clock,
  OnWebhook,
  Poll,
  PollRegistry,
  SystemClock,
  WebhookModule,
  type CancelTimer,
  type PolledEvent,
} from 'nestjs-hookline';
import {
  Column,
  DataSource,
  Entity,
  Index,
  MoreThanOrEqual,
  PrimaryColumn,
  type EntitySubscriberInterface,
} from 'typeorm';
import { monotonicMs } from '../monotonic.clock.js';
import { configuration, serve } from '../remote.js';
import { assertDurable, dataSource, type HostConfig } from './host.js';

/** The time between two ticks of the poller. Its clock is moved ahead by it, instead of waiting. */
const TICK_MS = 300_000;

const config = configuration<HostConfig>();

class LeapingClock extends Clock {
  private readonly system = new SystemClock();
  private aheadMs = 0;

  override now(): number {
    return this.system.now() + this.aheadMs;
  }

  override schedule(callback: () => void, delayMs: number): CancelTimer {
    return this.system.schedule(callback, delayMs);
  }

  leap(): void {
    this.aheadMs += TICK_MS;
  }
}

const clock = new LeapingClock();

@Entity()
@Index(['updatedAt', 'id'])
class Player {
  @PrimaryColumn('integer')
  id!: number;

  @Column('varchar', { length: 255 })
  name!: string;

  @Column('integer')
  points!: number;

  @Column(config.database?.type === 'postgres' ? 'timestamptz' : 'datetime')
  updatedAt!: Date;
}

@Injectable()
class Points {
  readAtMs = 0;

  @Poll({ name: 'players', cron: '0 0 1 1 *', entity: Player, cursor: 'updatedAt', key: 'id' })
  changed({ id, points }: Player): PolledEvent {
    this.readAtMs = monotonicMs();
    return { type: 'points.updated', data: { userId: id, points } };
  }

  @OnWebhook('points.updated')
  save(): void {}
}

/** Sums up the database's time for the queries on the players, and keeps the queries. */
class PlayerQueries implements EntitySubscriberInterface {
  totalMs = 0;
  private kept: { readonly query: string; readonly parameters: unknown[] }[] = [];
  private begunAtMs = 0;

  begin(): void {
    this.totalMs = 0;
    this.kept = [];
  }

  beforeQuery(): void {
    this.begunAtMs = monotonicMs();
  }

  afterQuery(event: { readonly query: string; readonly parameters?: unknown }): void {
    if (!/^SELECT\b.*\bFROM\b.*"player"/is.test(event.query)) return;
    this.totalMs += monotonicMs() - this.begunAtMs;
    this.kept.push({ query: event.query, parameters: (event.parameters ?? []) as unknown[] });
  }

  /** How long the same queries take without transferring their rows. */
  async findMs(source: DataSource): Promise<number> {
    const { kept } = this;
    // These are queries on the players too.
    this.kept = [];
    const startedAtMs = monotonicMs();
    for (const { query, parameters } of kept) {
      await source.query(`SELECT COUNT(*) FROM (${query}) AS found`, parameters);
    }
    return monotonicMs() - startedAtMs;
  }
}

@Module({
  imports: [
    dataSource(config.database),
    TypeOrmModule.forFeature([Player]),
    WebhookModule.forRoot({ clock, roles: ['receive', 'poll'] }),
  ],
  providers: [Points],
})
class AppModule {}

/** The result of reading the players. */
interface Looking {
  readonly found: number;
  /** Time of the queries, with all of their rows. */
  readonly queryMs: number;
  /** Time of the queries, without transferring the rows. */
  readonly findMs: number;
  /** Time until the last row was mapped to an entity. */
  readonly readMs: number;
}

// Connected, but not started: a poller begins after the rows that are in its table when it starts.
const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
await assertDurable(app);
const source = app.get(DataSource);
const queries = new PlayerQueries();
source.subscribers.push(queries);
const isPostgres = source.options.type === 'postgres';
let changes = 0;

const api = {
  /** Fills the table with players below a hundred points, and starts the application. */
  async fill(rows: number): Promise<void> {
    await source.query(
      isPostgres
        ? `INSERT INTO player (id, name, points, "updatedAt")
            SELECT i, 'Player ' || i, i % 100, TIMESTAMPTZ '2026-01-01' + i * INTERVAL '1 ms'
            FROM generate_series(1, ${rows}) AS i`
        : `INSERT INTO player (id, name, points, updatedAt)
            WITH RECURSIVE number(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < ${rows})
            SELECT i, 'Player ' || i, i % 100,
              strftime('%Y-%m-%d %H:%M:%f', 1767225600 + i / 1000.0, 'unixepoch') FROM number`,
    );
    await source.query(isPostgres ? 'VACUUM ANALYZE player' : 'ANALYZE');
    await app.init();
  },
  /**
   * Gives some players, all over the table, a hundred points. Those of the last change keep theirs, as the
   * poller reads them once more; those before lose theirs.
   */
  async change(rows: number, of: number): Promise<void> {
    changes++;
    const step = Math.floor(of / rows);
    const at = new Date(Date.UTC(2026, 5, 1) + changes * TICK_MS);
    const instant = isPostgres ? at.toISOString() : sqliteTime(at);
    await source.query(
      `UPDATE player SET points = 0 WHERE points >= 100 AND id % ${step} = ${(changes - 2) % step}`,
    );
    await source.query(
      `UPDATE player SET points = 100, "updatedAt" = '${instant}' WHERE id % ${step} = ${changes % step}`,
    );
    if (isPostgres) await source.query('VACUUM ANALYZE player');
    clock.leap();
  },
  async poll(): Promise<Looking & { readonly tickMs: number }> {
    queries.begin();
    const startedAtMs = monotonicMs();
    const result = await app.get(PollRegistry).run('players');
    const tickMs = monotonicMs() - startedAtMs;
    if (result.outcome !== 'done') throw new Error(`The run ended as ${result.outcome}.`);
    const readMs = app.get(Points).readAtMs - startedAtMs;
    const { totalMs: queryMs } = queries;
    const findMs = await queries.findMs(source);
    return { found: result.accepted, queryMs, findMs, readMs, tickMs };
  },
  async scan(): Promise<Looking> {
    queries.begin();
    const startedAtMs = monotonicMs();
    const found = await source.getRepository(Player).findBy({ points: MoreThanOrEqual(100) });
    const readMs = monotonicMs() - startedAtMs;
    const { totalMs: queryMs } = queries;
    return { found: found.length, queryMs, findMs: await queries.findMs(source), readMs };
  },
};

/** As TypeORM stores it. */
function sqliteTime(at: Date): string {
  return at.toISOString().replace('T', ' ').replace('Z', '');
}

export type PollApi = typeof api;
serve(api);
