import type { ModuleMetadata, Type } from '@nestjs/common';
import type { TestingModule } from '@nestjs/testing';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Clock } from '../../lib/clock/clock.js';
import { EventEntity } from '../../lib/inbox/event.entity.js';
import { EventSubscribers } from '../../lib/inbox/event-subscribers.js';
import { PollCursorEntity } from '../../lib/polling/cursor/poll-cursor.entity.js';
import { PollExplorer } from '../../lib/polling/poll.explorer.js';
import { PollRegistry } from '../../lib/polling/poll.registry.js';
import type { PollRunResult } from '../../lib/polling/poll-run-result.js';
import type { PollerView } from '../../lib/polling/poller.view.js';
import { PollRunner } from '../../lib/polling/run/poll.runner.js';
import { close } from './close.js';
import type { DatabaseKind, TestDatabase } from './databases.js';
import { FakeClock } from './fake.clock.js';
import { Player } from './players.js';
import { createPolling } from './polling.core.js';
import { SharedDatabase } from './shared.database.js';

export interface PollingSetup {
  readonly clock?: Clock;
  readonly polling?: object;
  readonly inbox?: object;
  /** Other options of the data source. */
  readonly source?: object;
  readonly imports?: ModuleMetadata['imports'];
  /** Called for each event that is accepted, in place of the database. */
  readonly onAccept?: (type: string) => void;
}

/**
 * Gives each test a clock and applications that consist of polling and the inbox. The inbox wants all events
 * except those of the type `unwanted`; no pollers run by themselves, unless a test enables them.
 */
export class PollingApps {
  clock = new FakeClock();
  private readonly open: TestingModule[] = [];
  private readonly database: SharedDatabase;

  /** @param entities the host's entities beside the players */
  constructor(
    private readonly kind: DatabaseKind,
    private readonly entities: readonly Type[] = [],
  ) {
    this.database = new SharedDatabase(kind, [Player, ...entities]);
    beforeEach(() => {
      this.clock = new FakeClock();
    });
    afterEach(() => Promise.all(this.open.splice(0).map(close)));
  }

  /** The options of the tests' data source. */
  get source(): TestDatabase['options'] {
    return this.database.options;
  }

  async start(providers: Type[], setup: PollingSetup = {}): Promise<PollingApp> {
    const { clock = this.clock, polling, inbox, source, imports } = setup;
    const module = await createPolling({
      clock,
      polling: { enabled: false, ...polling },
      inbox,
      source: { ...this.source, ...source },
      entities: [Player, ...this.entities],
      imports,
      providers,
    });
    module.useLogger(false);
    module.get(EventSubscribers, { strict: false }).register({
      plan: ({ key, type }) => {
        setup.onAccept?.(type);
        const job = { kind: 'handler', name: 'test', ref: key };
        return { ok: true, jobs: type === 'unwanted' ? [] : [{ job, payload: undefined }] };
      },
    });
    this.open.push(module);
    await module.init();
    return new PollingApp(module, this.kind);
  }

  /** Closes an application before its test ends. */
  async close({ module }: PollingApp): Promise<void> {
    this.open.splice(this.open.indexOf(module), 1);
    await module.close();
  }
}

/** An application that polls. */
export class PollingApp {
  readonly polls: PollRegistry;
  readonly dataSource: DataSource;

  constructor(
    readonly module: TestingModule,
    private readonly kind: DatabaseKind,
  ) {
    this.polls = module.get(PollRegistry, { strict: false });
    this.dataSource = module.get<DataSource>(getDataSourceToken(), { strict: false });
  }

  run(name = 'players'): Promise<PollRunResult> {
    return this.polls.run(name);
  }

  tick(scheduledAt: number, name = 'players'): Promise<PollRunResult> {
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
      this.kind.name === 'MySQL'
        ? `ON DUPLICATE KEY UPDATE points = VALUES(points), ${column} = VALUES(${column})`
        : `ON CONFLICT (id) DO UPDATE SET points = excluded.points, ${column} = excluded.${column}`;
    return this.dataSource.query(
      `${this.insertion(`(${id}, ${points}, '${updatedAt}')`)} ${change}`,
    );
  }

  insertion(values: string): string {
    return `INSERT INTO player (id, points, ${this.quoted('updatedAt')}) VALUES ${values}`;
  }

  events(): Promise<EventEntity[]> {
    return this.dataSource.getRepository(EventEntity).find({ order: { key: 'ASC' } });
  }

  /** `id:points` of every event, in the order of arrival. */
  async told(): Promise<string[]> {
    const bodies = (await this.events()).map(
      ({ body }) => JSON.parse(body) as { id: number; points: number },
    );
    return bodies.map(({ id, points }) => `${id}:${points}`);
  }

  row(name = 'players'): Promise<PollCursorEntity> {
    return this.dataSource.getRepository(PollCursorEntity).findOneByOrFail({ name });
  }

  async status(name = 'players'): Promise<PollerView> {
    return (await this.polls.get(name))!;
  }

  private quoted(column: string): string {
    return this.dataSource.driver.escape(column);
  }
}
