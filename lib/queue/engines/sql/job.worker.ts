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
import type { HeldJob } from './held-job.js';
import { HeldJobRunner } from './held-job.runner.js';
import { HeldJobs } from './held-jobs.js';
import { JobClaimer } from './job.claimer.js';
import { JobLoader } from './job.loader.js';
import { LeaseKeeper } from './lease.keeper.js';
import { OutcomeRecorder } from './outcome.recorder.js';
import { Pace } from './pace.js';
import { Rescue } from './rescue.js';

/**
 * Runs the jobs that are leased to this process: born leased (see {@link SqlStagedJobs}), claimed, or left by a
 * process that died. Gives back what it cannot finish when it stops.
 *
 * @internal
 */
@Injectable()
export class JobWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  /** Tells this process's leases from all others. */
  readonly id = `${hostname().slice(0, 64)}:${process.pid}:${uuid()}`;

  private readonly held: HeldJobs;
  private readonly pace: Pace;
  private readonly leases: LeaseKeeper;
  private readonly executor: AttemptExecutor<HeldJob>;
  private readonly recorder: OutcomeRecorder;
  private readonly runner: HeldJobRunner;
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
    const held = new HeldJobs(options.maxHeldBytes);
    const loader = new JobLoader(database, runners, held);
    this.held = held;
    this.pace = new Pace(concurrency, options.prefetch);
    this.leases = new LeaseKeeper(owner, leaseMs, held, database, dialect, clock, {
      lost: (job) => this.lose(job),
      renewed: () => this.runner.fill(),
      failed: (error) => occurrences.failed(JobWorker.name, 'Renewing leases', error),
    });
    this.executor = new AttemptExecutor(runners, clock, {
      backoff,
      completeWithin: (manager, job) => this.recorder.completeWithin(manager, job),
      load: async (runner, job) => {
        await loader.load(runner, job);
        // The process may have been asleep since the job was leased to it.
        return this.leases.holds(job);
      },
      interrupted: (reason) =>
        this.state === 'stopped' ? { kind: 'released' } : { kind: 'threw', error: reason },
    });
    this.recorder = new OutcomeRecorder(held, database, dialect, clock, reporter, {
      owner,
      backoff,
      againMs: pollIntervalMs,
      left: () => this.makeRoom(),
    });
    const { executor, leases, pace, recorder } = this;
    this.runner = new HeldJobRunner(
      { held, leases, loader, executor, recorder, reporter, pace, clock },
      concurrency,
    );
    this.rescue = new Rescue(held, database, dialect, clock, {
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

  /** Stops taking work, waits for what runs, and releases what could not be finished. */
  async beforeApplicationShutdown(): Promise<void> {
    if (this.state !== 'started') return;
    this.state = 'stopped';
    this.recorder.stop();
    await this.claimer.stop();
    this.runner.stop();
    await this.settledWithin(this.options.stopTimeoutMs);
    this.runner.interruptAll(new Error('the application stops'));
    await this.held.settled();
    await this.rescue.ended();
    await this.held.settled();
    await this.recorder.idle();
    await this.leases.stop();
    this.executor.stop();
  }

  /**
   * Takes room for a job that is about to be inserted already leased; false when there is none.
   *
   * @param bytes how many its event or notification has
   */
  reserve(bytes: number): boolean {
    if (this.state !== 'started' || this.room() <= 0 || !this.held.fits(bytes)) return false;
    this.held.reserve(1, bytes);
    return true;
  }

  /** Gives back what {@link reserve} took. */
  unreserve(bytes: number): void {
    this.held.unreserve(1, bytes);
  }

  /** Runs a job that was born leased to this process. */
  take(job: LeasedJob, leaseUntil: number, payload: unknown): void {
    const held = this.held.hold(job, leaseUntil);
    this.held.load(held, payload);
    this.runner.add(held);
  }

  /** Looks for due jobs now: called by whoever knows that some are due. */
  wake(): void {
    this.claimer.wake();
  }

  /**
   * Runs every job that is due, and what becomes due by that, to its end.
   *
   * @returns how many were claimed
   */
  async runDue(): Promise<number> {
    let total = 0;
    for (;;) {
      await this.held.settled();
      await this.claimer.ended();
      const claimed = await this.claimer.claim();
      await this.held.settled();
      // A turn that began before reports its own failures.
      await this.rescue.ended();
      const rescued = await this.rescue.turn('at once');
      if (claimed + rescued === 0 && this.held.size === 0 && this.held.reserved === 0) return total;
      total += claimed + rescued;
      // What is reserved is being claimed or committed at the moment: let that go on.
      if (claimed + rescued === 0) await turn();
    }
  }

  /** Resolves when no job is leased to this process. */
  settled(): Promise<void> {
    return this.held.settled();
  }

  private newClaimer(
    database: SqlDatabase,
    dialect: QueueDialect,
    runners: JobRunnerRegistry,
    occurrences: Occurrences,
  ): JobClaimer {
    const { held, leases, rescue, clock } = this;
    const { leaseMs, pollIntervalMs } = this.options;
    const tools = { held, leases, rescue, database, dialect, clock };
    return new JobClaimer(tools, {
      owner: this.id,
      leaseMs,
      pollIntervalMs,
      leftToOthers: () => runners.leftToOthers(),
      isStarted: () => this.state === 'started',
      room: () => this.room(),
      lost: (job) => this.lose(job),
      claimed: (jobs) => this.runner.addClaimed(jobs),
      suspected: (jobs) => this.runner.suspect(jobs),
      failed: (work, error) => occurrences.failed(JobWorker.name, work, error),
    });
  }

  /**
   * How many more jobs this process may hold. Those whose outcome is being committed do not count, as
   * they leave with the next commit; but they are bounded too.
   */
  private room(): number {
    if (this.rescue.isUnderWay || this.held.isFull) return 0;
    const { concurrency, prefetch } = this.options;
    const leaving = Math.min(this.held.ending, prefetch);
    return concurrency + this.pace.ahead - (this.held.size - leaving) - this.held.reserved;
  }

  /** A job has left. */
  private makeRoom(): void {
    if (this.held.next !== undefined) this.runner.fill();
    if (this.claimer.expectsMore && this.room() > this.pace.ahead / 2) this.wake();
  }

  private lose(held: HeldJob): void {
    if (this.runner.lose(held)) this.makeRoom();
  }

  private async settledWithin(timeoutMs: number): Promise<void> {
    let cancel: CancelTimer = () => undefined;
    const timeout = new Promise<void>((resolve) => {
      cancel = this.clock.schedule(resolve, timeoutMs);
    });
    await Promise.race([Promise.all([this.held.settled(), this.held.unreserved()]), timeout]);
    cancel();
  }
}
