import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { SchedulerRegistry } from '@nestjs/schedule';
import type { CancelTimer, Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { Occurrences } from '../telemetry/occurrences.js';
import { PollCursorStore } from './cursor/poll-cursor.store.js';
import { PollExplorer } from './poll.explorer.js';
import { PollRunner } from './run/poll.runner.js';
import type { Poller } from './poller.js';
import { PostponedRuns } from './run/postponed-runs.js';
import { POLLING_OPTIONS, type ResolvedPollingOptions } from './polling.options.js';

/** How often to look for pollers of modules that were loaded later. */
const LOOK_EVERY_MS = 10_000;

/**
 * Starts and stops the pollers' timers. They are cron jobs of `@nestjs/schedule`; a host that uses it finds them
 * in its own `SchedulerRegistry`.
 *
 * @internal
 */
@Injectable()
export class PollOrchestrator implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly started = new Set<Poller>();
  private readonly jobNames: string[] = [];
  private schedulers: SchedulerRegistry | undefined;
  private cancelLook: CancelTimer | undefined;
  private isStopped = false;

  constructor(
    private readonly explorer: PollExplorer,
    private readonly cursors: PollCursorStore,
    private readonly runner: PollRunner,
    private readonly postponed: PostponedRuns,
    private readonly modules: ModuleRef,
    private readonly occurrences: Occurrences,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
    @Inject(POLLING_OPTIONS.token) private readonly options: ResolvedPollingOptions,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.startNew();
    await this.lookForPostponed();
    this.lookLater();
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.isStopped) return;
    this.isStopped = true;
    this.cancelLook?.();
    this.postponed.stop();
    // The host's scheduler may have stopped all jobs of its registry already.
    for (const name of this.jobNames) {
      if (this.schedulers?.doesExist('cron', name)) this.schedulers.deleteCronJob(name);
    }
    await this.runner.stop();
  }

  private async startNew(): Promise<void> {
    for (const poller of this.explorer.all()) {
      if (this.started.has(poller)) continue;
      await this.cursors.register(poller);
      for (const advice of [await poller.reader.advice(), await poller.reader.zoneAdvice()]) {
        if (advice === undefined) continue;
        this.occurrences.publish({
          kind: 'startup.advice',
          component: PollOrchestrator.name,
          advice,
        });
      }
      if (this.options.enabled && !this.isStopped) await this.schedule(poller);
      this.started.add(poller);
    }
  }

  private async schedule(poller: Poller): Promise<void> {
    this.schedulers ??= this.findSchedulers();
    const name = `poll:${poller.name}`;
    const job = poller.schedule.createJob(
      name,
      () => this.clock.now(),
      (scheduledAt) => void this.postponed.runTick(poller, scheduledAt),
    );
    this.schedulers.addCronJob(name, job);
    this.jobNames.push(name);
    job.start();
    await this.catchUp(poller);
  }

  /** Runs the latest tick where no process has run it: a restart must not cost a daily poller its run. */
  private async catchUp(poller: Poller): Promise<void> {
    if (!poller.catchUp) return;
    const [row] = await this.cursors.load([poller.name], ['name', 'lastTick']);
    const missed = poller.schedule.missed(row?.lastTick ?? null, this.clock.now());
    if (missed !== undefined) void this.postponed.runTick(poller, missed);
  }

  /** Importing `ScheduleModule` here would run the host's own `@Cron` methods twice. */
  private findSchedulers(): SchedulerRegistry {
    try {
      return this.modules.get(SchedulerRegistry, { strict: false });
    } catch {
      return new SchedulerRegistry();
    }
  }

  /** Errors of modules that were loaded later cannot end the start of the application any more. */
  private lookLater(): void {
    if (this.isStopped) return;
    this.cancelLook = this.clock.schedule(() => {
      this.startNew()
        .then(() => this.lookForPostponed())
        .catch((error: unknown) =>
          this.occurrences.failed(PollOrchestrator.name, 'Looking for further pollers', error),
        )
        .finally(() => this.lookLater());
    }, LOOK_EVERY_MS);
  }

  /** While the database is away nothing can run: the next look finds it. */
  private async lookForPostponed(): Promise<void> {
    if (!this.options.enabled || this.isStopped || this.started.size === 0) return;
    await this.postponed.look([...this.started]).catch(() => undefined);
  }
}
