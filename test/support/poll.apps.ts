import type { Type } from '@nestjs/common';
import { InboxService } from '../../lib/inbox/inbox.service.js';
import { PollRegistry } from '../../lib/polling/poll.registry.js';
import type { PollRunResult } from '../../lib/polling/poll-run-result.js';
import type { WebhookModuleOptions } from '../../lib/module/webhook.options.js';
import { startApp, type TestApp } from './application.js';
import type { DatabaseKind, TestDatabase } from './databases.js';
import { FakeClock } from './fake.clock.js';
import { Player } from './players.js';

/** An application with pollers. */
export class PollApp {
  readonly polls: PollRegistry;

  constructor(readonly app: TestApp) {
    this.polls = app.app.get(PollRegistry);
  }

  run(name = 'players'): Promise<PollRunResult> {
    return this.polls.run(name);
  }

  /** Runs several times, and gives the outcomes. */
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

  /** The data of all events, in the order in which they came. */
  async told(): Promise<unknown[]> {
    const inbox = this.app.app.get(InboxService);
    const events = (await inbox.list({}, { limit: 500 })).items;
    const all = await Promise.all(events.map(({ key }) => inbox.read(key)));
    return all.map((event) => event?.data).toReversed();
  }

  warnings(): string {
    return this.app.logger.of('warn').join('\n');
  }
}

export interface PollSetup {
  readonly options?: Partial<WebhookModuleOptions>;
  /** What the host has beside the players. */
  readonly entities?: readonly Type[];
  /** Other options of the data source. */
  readonly source?: object;
}

/** Gives each test a database, a clock and applications, and closes them after it. */
export class PollApps {
  clock = new FakeClock();
  private database: TestDatabase | undefined;
  private apps: TestApp[] = [];

  constructor(kind: DatabaseKind) {
    beforeEach(async () => {
      this.database = await kind.create();
      this.clock = new FakeClock();
    });
    afterEach(async () => {
      await Promise.all(this.apps.splice(0).map((app) => app.close()));
      await this.database?.drop();
    });
  }

  /** How the data source of the test is reached. */
  get source(): TestDatabase['options'] {
    return this.database!.options;
  }

  async start(
    pollers: Type,
    { options = {}, entities = [], source = {} }: PollSetup = {},
  ): Promise<PollApp> {
    const app = await startApp({
      database: { ...this.database!, options: { ...this.source, ...source } as typeof this.source },
      options: { clock: this.clock, ...options },
      host: { providers: [pollers] },
      entities: [Player, ...entities],
    });
    this.apps.push(app);
    return new PollApp(app);
  }
}

/** Lets everything go on that waits for nothing but the event loop, until a condition holds. */
export async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise(setImmediate);
}
