import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Clock } from '../../../clock/clock.js';
import { DATABASE_CLOCK } from '../../../database/database.clock.js';
import { SqlDatabase } from '../../../database/sql-database.js';
import type { WakeUp } from '../../../database/wake-ups.js';
import { JobRunnerRegistry } from '../../job-runner.registry.js';
import { QUEUE_OPTIONS, type ResolvedQueueOptions } from '../../queue.options.js';
import { isOfKind } from '../../share.js';
import { JobWorker } from './job.worker.js';

/**
 * Has other processes wake this one, if it runs jobs, as long as the application runs.
 *
 * @internal
 */
@Injectable()
export class JobWakeUps implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly database: SqlDatabase,
    private readonly worker: JobWorker,
    private readonly runners: JobRunnerRegistry,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
    @Inject(QUEUE_OPTIONS.token) private readonly options: ResolvedQueueOptions,
  ) {}

  onApplicationBootstrap(): void {
    const { database, worker } = this;
    if (this.options.enabled) {
      database.wakeUps.start({
        woken: (wakeUp) => this.wake(wakeUp),
        connected: () => worker.wake(),
        disconnected: () => worker.following.pollSoon(),
      });
    } else {
      database.wakeUps.start();
    }
  }

  /** After the jobs that this process has given back. */
  async onApplicationShutdown(): Promise<void> {
    await this.database.wakeUps.stop();
  }

  private wake({ shares, dueBy = -Infinity, dueAt }: WakeUp): void {
    if (dueAt !== undefined) this.worker.expectAt(dueAt);
    // The clock of this process is behind: a claim that is made now does not find the jobs.
    if (dueBy > this.clock.now()) this.worker.expectAt(dueBy);
    if (shares === undefined) {
      this.worker.wake();
      return;
    }
    const except = this.runners.leftToOthers();
    const own = shares.filter((share) => !except.some((kind) => isOfKind(share, kind)));
    if (own.length > 0) this.worker.wake(own);
  }
}
