import type { INestApplicationContext, Type } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { EventEntity } from '../../lib/inbox/event.entity.js';
import type { PollItemView } from '../../lib/polling/aside/poll-item.view.js';
import { PollCursorEntity } from '../../lib/polling/cursor/poll-cursor.entity.js';
import { PollExplorer } from '../../lib/polling/poll.explorer.js';
import { PollRegistry } from '../../lib/polling/poll.registry.js';
import type { PollRunResult } from '../../lib/polling/poll-run-result.js';
import type { PollerView } from '../../lib/polling/poller.view.js';
import { PollRunner } from '../../lib/polling/run/poll.runner.js';
import type { TestApp } from './application.js';
import type { DatabaseKind, TestDatabase } from './databases.js';
import { FakeClock } from './fake.clock.js';
import { Player } from './players.js';
import { createPolling, type PollingParts } from './polling.core.js';
import { RecordingLogger } from './recording.logger.js';
import { SharedDatabase } from './shared.database.js';

/** What runs the pollers of a test. */
export type PollHost = Pick<TestApp, 'logger' | 'dataSource' | 'close'> & {
  readonly app: INestApplicationContext;
};

/** An application with pollers. */
export class PollApp {
  readonly polls: PollRegistry;

  constructor(readonly app: PollHost) {
    this.polls = app.app.get(PollRegistry, { strict: false });
  }

  run(name = 'players'): Promise<PollRunResult> {
    return this.polls.run(name);
  }

  /** Runs a poller for a tick of its schedule. */
  tick(name: string, scheduledAt: number): Promise<PollRunResult> {
    const poller = this.app.app
      .get(PollExplorer, { strict: false })
      .all()
      .find((one) => one.name === name)!;
    return this.app.app.get(PollRunner, { strict: false }).run(poller, scheduledAt);
  }

  /** The stored row of a poller. */
  row(name: string): Promise<PollCursorEntity> {
    return this.app.dataSource().getRepository(PollCursorEntity).findOneByOrFail({ name });
  }

  async status(name = 'players'): Promise<PollerView> {
    return (await this.polls.get(name))!;
  }

  async parked(): Promise<readonly PollItemView[]> {
    return (await this.polls.parked({}, { limit: 1_000 })).items;
  }

  async setAside(): Promise<readonly PollItemView[]> {
    return (await this.polls.setAside({}, { limit: 1_000 })).items;
  }

  /** What all pollers have set aside and parked, with contents. */
  async contents(): Promise<string[]> {
    const items = [...(await this.setAside()), ...(await this.parked())];
    const whole = await Promise.all(items.map(({ poller, item }) => this.polls.item(poller, item)));
    return whole.map((item) => item!.content);
  }

  /** Runs several times, and returns the outcomes. */
  async outcomes(runs: number, name = 'players'): Promise<string[]> {
    const outcomes: string[] = [];
    for (let count = 0; count < runs; count++) outcomes.push((await this.run(name)).outcome);
    return outcomes;
  }

  /** Players with the ids from the first to the last, each dated a second after the one before. */
  async put(first: number, last = first, points = 1): Promise<void> {
    const rows = Array.from({ length: last - first + 1 }, (_, index) => ({
      id: first + index,
      points,
      updatedAt: new Date(
        Date.parse('2025-12-31T10:00:00Z') + (first + index) * 1_000 + (points - 1) * 1_000_000,
      ),
    }));
    await this.app.dataSource().getRepository(Player).save(rows);
  }

  /** Players with these ids and points, dated as by {@link put}. */
  async save(...rows: readonly (readonly [id: number, points: number])[]): Promise<void> {
    await this.app
      .dataSource()
      .getRepository(Player)
      .save(
        rows.map(([id, points]) => ({
          id,
          points,
          updatedAt: new Date(Date.parse('2025-12-31T10:00:00Z') + id * 1_000),
        })),
      );
  }

  /** The data of all events, in the order of arrival. */
  async told(): Promise<unknown[]> {
    const events = await this.app
      .dataSource()
      .getRepository(EventEntity)
      .find({ order: { key: 'ASC' } });
    return events.map(({ body }) => JSON.parse(body) as unknown);
  }

  warnings(): string {
    return this.app.logger.of('warn').join('\n');
  }
}

export interface PollSetup {
  readonly polling?: object;
  /** Other options of the data source. */
  readonly source?: object;
}

/** Gives each test a clock and applications over the same empty tables, and closes them after it. */
export class PollApps {
  clock = new FakeClock();
  private readonly database: SharedDatabase;
  private apps: PollApp[] = [];

  /** @param entities the host's entities beside the players */
  constructor(
    kind: DatabaseKind,
    private readonly entities: readonly Type[] = [],
  ) {
    this.database = new SharedDatabase(kind, [Player, ...entities]);
    beforeEach(() => {
      this.clock = new FakeClock();
    });
    afterEach(() => Promise.all(this.apps.splice(0).map(({ app }) => app.close())));
  }

  /** The options of the tests' data source. */
  get source(): TestDatabase['options'] {
    return this.database.options;
  }

  async start(pollers: Type, { polling, source }: PollSetup = {}): Promise<PollApp> {
    const app = new PollApp(
      await this.host({
        clock: this.clock,
        polling,
        source: { ...this.source, ...source } as TestDatabase['options'],
        entities: [Player, ...this.entities],
        providers: [pollers],
      }),
    );
    this.apps.push(app);
    return app;
  }

  /** Closes an application before its test ends. */
  async close(closing: PollApp): Promise<void> {
    this.apps = this.apps.filter((app) => app !== closing);
    await closing.app.close();
  }

  /** Waits until each application has had time to read the database. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 5; turn++) {
      await Promise.all(this.apps.map(({ polls }) => polls.list()));
    }
  }

  /** Starts polling and the inbox, which wants no events. */
  protected async host(parts: PollingParts): Promise<PollHost> {
    const app = await createPolling(parts);
    const logger = new RecordingLogger();
    app.useLogger(logger);
    await app.init();
    return { app, logger, dataSource: () => app.get(DataSource), close: () => app.close() };
  }
}

/** Turns the event loop until a condition holds. */
export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise(setImmediate);
}
