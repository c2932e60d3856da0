import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { hostname } from 'node:os';
import { setImmediate as turn } from 'node:timers/promises';
import { v7 as uuid } from 'uuid';
import type { CancelTimer, Clock } from '../../../clock/clock.js';
import { DATABASE_CLOCK } from '../../../database/database.clock.js';
import { SqlDatabase } from '../../../database/sql-database.js';
import { Occurrences } from '../../../telemetry/occurrences.js';
import { AttemptExecutor } from '../../attempt.executor.js';
import type { LeasedJob } from '../../job.js';
import { JobReporter } from '../../job.reporter.js';
import { JobRunnerRegistry } from '../../job-runner.registry.js';
import { QUEUE_OPTIONS, type ResolvedQueueOptions } from '../../queue.options.js';
import { QueueDialect } from './dialects/queue.dialect.js';
import type { LocalJob } from './local-job.js';
import { LocalJobRunner } from './local-job.runner.js';
import { LocalJobs } from './local-jobs.js';
import { JobClaimer } from './job.claimer.js';
import { JobLoader } from './job.loader.js';
import { LaneSeats } from './lane-seats.js';
import { LeaseKeeper } from './lease.keeper.js';
import { OutcomeRecorder } from './outcome.recorder.js';
import { Pace } from './pace.js';
import { Rescue } from './rescue.js';

/**
 * Runs the jobs that are leased to this process: born leased (see {@link SqlStagedJobs}), claimed, or taken
 * over from a dead process. At a stop it releases the jobs that it cannot finish.
 *
 * @internal
 */
@Injectable()
export class JobWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  /** Tells this process's leases from all others. */
  readonly id = `${hostname().slice(0, 64)}:${process.pid}:${uuid()}`;

  private readonly localJobs: LocalJobs;
  private readonly pace: Pace;
  private readonly leases: LeaseKeeper;
  private readonly executor: AttemptExecutor<LocalJob>;
  private readonly recorder: OutcomeRecorder;
  private readonly runner: LocalJobRunner;
  private readonly seats: LaneSeats;
  private readonly rescue: Rescue;
  private readonly claimer: JobClaimer;
  private state: 'idle' | 'started' | 'stopped' = 'idle';

  constructor(
    database: SqlDatabase,
    dialect: QueueDialect,
    runners: JobRunnerRegistry,
    occurrences: Occurrences,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
    @Inject(QUEUE_OPTIONS.token) private readonly options: ResolvedQueueOptions,
  ) {
    const { id: owner } = this;
    const { backoff, concurrency, leaseMs, pollIntervalMs } = options;
    const reporter = new JobReporter(occurrences, runners, clock);
    const localJobs = new LocalJobs(options.maxHeldBytes);
    const loader = new JobLoader(database, runners, localJobs);
    this.localJobs = localJobs;
    this.pace = new Pace(concurrency, options.prefetch);
    this.leases = new LeaseKeeper(owner, leaseMs, localJobs, database, dialect, clock, {
      lost: (job) => this.lose(job),
      renewed: () => this.runner.fill(),
      failed: (error) => occurrences.failed(JobWorker.name, 'Renewing leases', error),
    });
    this.executor = new AttemptExecutor(runners, clock, {
      backoff,
      completeWithin: (manager, job) => this.recorder.completeWithin(manager, job),
      load: async (runner, job) => {
        await loader.load(runner, job);
        // The process may have been suspended since it leased the job.
        return this.leases.isLeased(job);
      },
      interrupted: (reason) =>
        this.state === 'stopped' ? { kind: 'released' } : { kind: 'threw', error: reason },
    });
    this.recorder = new OutcomeRecorder(localJobs, database, dialect, clock, reporter, {
      owner,
      backoff,
      againMs: pollIntervalMs,
      left: () => this.makeRoom(),
      becameDue: () => this.wake(),
    });
    const { executor, leases, pace, recorder } = this;
    this.runner = new LocalJobRunner(
      { localJobs, leases, loader, executor, recorder, reporter, pace, clock },
      concurrency,
    );
    this.seats = new LaneSeats(database, dialect, clock);
    this.rescue = new Rescue(localJobs, this.seats, database, dialect, clock, {
      owner,
      leaseMs,
      leftToOthers: () => runners.leftToOthers(),
      mayRun: () => this.state !== 'stopped',
      runByItself: (job, leaseUntil) => this.runner.runByItself(job, leaseUntil),
    });
    this.claimer = this.newClaimer(database, dialect, runners, occurrences);
  }

  onApplicationBootstrap(): void {
    if (!this.options.enabled || this.state !== 'idle') return;
    this.state = 'started';
    this.leases.start();
    this.claimer.start();
  }

  /** Claims no more, waits for running jobs, and releases those that did not finish. */
  async beforeApplicationShutdown(): Promise<void> {
    if (this.state !== 'started') return;
    this.state = 'stopped';
    this.recorder.stop();
    await this.claimer.stop();
    this.runner.stop();
    await this.settledWithin(this.options.stopTimeoutMs);
    this.runner.interruptAll(new Error('the application stops'));
    await this.localJobs.settled();
    await this.rescue.ended();
    await this.localJobs.settled();
    await this.recorder.idle();
    await this.leases.stop();
    this.executor.stop();
  }

  /**
   * Reserves room for a job that is about to be inserted as leased; false if there is none.
   *
   * @param bytes size of its event or notification
   */
  reserve(bytes: number): boolean {
    if (this.state !== 'started' || this.room() <= 0 || !this.localJobs.fits(bytes)) return false;
    this.localJobs.reserve(1, bytes);
    return true;
  }

  /** Frees the room that {@link reserve} took. */
  unreserve(bytes: number): void {
    this.localJobs.unreserve(1, bytes);
  }

  /** Runs a job that was born leased to this process. */
  take(job: LeasedJob, leaseUntil: number, payload: unknown): void {
    const local = this.localJobs.add(job, leaseUntil);
    this.localJobs.load(local, payload);
    this.runner.add(local);
  }

  /** Claims due jobs now; called when jobs have become due. */
  wake(): void {
    this.claimer.wake();
  }

  /**
   * Runs every due job to its end, and those that become due meanwhile.
   *
   * @returns how many jobs were claimed
   */
  async runDue(): Promise<number> {
    let total = 0;
    for (;;) {
      await this.localJobs.settled();
      await this.claimer.ended();
      const claimed = await this.claimer.claim();
      await this.localJobs.settled();
      // A turn that began before reports its own failures.
      await this.rescue.ended();
      const rescued = await this.rescue.turn('at once');
      if (claimed + rescued === 0 && this.localJobs.size === 0 && this.localJobs.reserved === 0)
        return total;
      total += claimed + rescued;
      // Reserved places are for jobs that are being claimed or committed: let that continue.
      if (claimed + rescued === 0) await turn();
    }
  }

  /** Resolves when no job is leased to this process. */
  settled(): Promise<void> {
    return this.localJobs.settled();
  }

  private newClaimer(
    database: SqlDatabase,
    dialect: QueueDialect,
    runners: JobRunnerRegistry,
    occurrences: Occurrences,
  ): JobClaimer {
    const { localJobs, leases, rescue, seats, clock } = this;
    const { leaseMs, pollIntervalMs } = this.options;
    const tools = { localJobs, leases, rescue, seats, database, dialect, clock };
    return new JobClaimer(tools, {
      owner: this.id,
      leaseMs,
      pollIntervalMs,
      leftToOthers: () => runners.leftToOthers(),
      isStarted: () => this.state === 'started',
      room: () => this.room(),
      lost: (job) => this.lose(job),
      claimed: (jobs) => this.runner.addClaimed(jobs),
      released: (jobs) => this.runner.release(jobs),
      suspected: (jobs) => this.runner.suspect(jobs),
      failed: (work, error) => occurrences.failed(JobWorker.name, work, error),
    });
  }

  /**
   * How many more jobs this process may lease. Jobs whose outcome is being recorded do not count, as they
   * leave with the next commit; but their number is limited too.
   */
  private room(): number {
    if (this.rescue.isUnderWay || this.localJobs.isFull) return 0;
    const { concurrency, prefetch } = this.options;
    const leaving = Math.min(this.localJobs.ending, prefetch);
    return (
      concurrency + this.pace.ahead - (this.localJobs.size - leaving) - this.localJobs.reserved
    );
  }

  /** Called when a job has left. */
  private makeRoom(): void {
    if (this.localJobs.next !== undefined) this.runner.fill();
    if (this.claimer.expectsMore && this.room() > this.pace.ahead / 2) this.wake();
  }

  private lose(local: LocalJob): void {
    if (this.runner.lose(local)) this.makeRoom();
  }

  private async settledWithin(timeoutMs: number): Promise<void> {
    let cancel: CancelTimer = () => undefined;
    const timeout = new Promise<void>((resolve) => {
      cancel = this.clock.schedule(resolve, timeoutMs);
    });
    await Promise.race([
      Promise.all([this.localJobs.settled(), this.localJobs.unreserved()]),
      timeout,
    ]);
    cancel();
  }
}
