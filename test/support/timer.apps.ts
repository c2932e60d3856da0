import { Injectable } from '@nestjs/common';
import { Column, Entity, PrimaryGeneratedColumn, type DataSource } from 'typeorm';
import type { WebhookModuleOptions } from '../../lib/module/webhook.options.js';
import { QueueEngine } from '../../lib/queue/queue.engine.js';
import { QueueService } from '../../lib/queue/queue.service.js';
import { OnTimer } from '../../lib/timers/on-timer.decorator.js';
import type { TimerContext, TransactionalTimerContext } from '../../lib/timers/timer-context.js';
import { TimerService } from '../../lib/timers/timer.service.js';
import { startApp, type TestApp } from './application.js';
import type { DatabaseKind } from './databases.js';
import { FakeClock } from './fake.clock.js';
import { SharedDatabase } from './shared.database.js';

export const DAY_MS = 86_400_000;

@Entity({ name: 'reminded' })
export class Reminded {
  @PrimaryGeneratedColumn() id!: number;
  @Column('varchar', { length: 64 }) what!: string;
}

export interface Run {
  readonly payload: unknown;
  readonly context: TimerContext;
}

/** The methods of timers, which do what the test says. */
@Injectable()
export class Reminders {
  readonly runs: Run[] = [];
  act: (run: Run) => unknown = () => undefined;

  @OnTimer('reminder', { maxAttempts: 3, timeoutMs: 5_000 })
  remind(payload: unknown, context: TimerContext): unknown {
    return this.run(payload, context);
  }

  @OnTimer('booking', { transactional: true })
  async book(payload: string, context: TransactionalTimerContext): Promise<unknown> {
    await context.manager.insert(Reminded, { what: payload });
    return this.run(payload, context);
  }

  private run(payload: unknown, context: TimerContext): unknown {
    this.runs.push({ payload, context });
    return this.act({ payload, context });
  }
}

export interface TimerApp {
  readonly app: TestApp;
  readonly timers: TimerService;
  readonly reminders: Reminders;
  readonly queue: QueueService;
  readonly engine: QueueEngine;
  readonly dataSource: DataSource;
}

/** The applications of a test, which share a database and a clock. */
export class TimerApps {
  clock = new FakeClock();
  private readonly database: SharedDatabase;
  private readonly open: TestApp[] = [];

  constructor(kind: DatabaseKind) {
    this.database = new SharedDatabase(kind, [Reminded]);
    beforeEach(() => {
      this.clock = new FakeClock();
    });
    afterEach(async () => {
      await Promise.all(this.open.splice(0).map((app) => app.close()));
    });
  }

  /** Starts one that has timers. */
  async start(options: WebhookModuleOptions = {}): Promise<TimerApp> {
    const app = await this.startWith([Reminders], options);
    return { ...app, reminders: app.app.app.get(Reminders) };
  }

  async startWith(
    providers: NonNullable<NonNullable<Parameters<typeof startApp>[0]['host']>['providers']>,
    { queue, ...options }: WebhookModuleOptions = {},
  ): Promise<Omit<TimerApp, 'reminders'>> {
    const app = await startApp({
      database: this.database,
      options: {
        clock: this.clock,
        queue: { stopTimeoutMs: 0, backoff: { jitter: 0 }, ...queue },
        ...options,
      },
      host: { providers },
      entities: [Reminded],
    });
    this.open.push(app);
    return {
      app,
      timers: app.app.get(TimerService),
      queue: app.app.get(QueueService),
      engine: app.app.get(QueueEngine, { strict: false }),
      dataSource: app.dataSource(),
    };
  }

  /** Closes an application before its test ends. */
  async stop({ app }: Pick<TimerApp, 'app'>): Promise<void> {
    this.open.splice(this.open.indexOf(app), 1);
    await app.close();
  }
}
