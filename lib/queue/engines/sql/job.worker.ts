import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { hostname } from 'node:os';
import { setImmediate as turn } from 'node:timers/promises';
import { v7 as uuid } from 'uuid';
import type { Clock } from '../../../clock/clock.js';
import { DATABASE_CLOCK } from '../../../database/database.clock.js';
import { SqlDatabase } from '../../../database/sql-database.js';
import { Occurrences } from '../../../telemetry/occurrences.js';
import { AttemptExecutor } from '../../attempt.executor.js';
import type { LeasedJob } from '../../job.js';
import { JobReporter } from '../../job.reporter.js';
import { JobRunnerRegistry } from '../../job-runner.registry.js';
import { Pauses } from '../../pauses/pauses.js';
import { QUEUE_OPTIONS, type ResolvedQueueOptions } from '../../queue.options.js';
import { QueueDialect } from './dialects/queue.dialect.js';
import type { LocalJob } from './local-job.js';
import { LocalJobRunner } from './local-job.runner.js';
import { LocalJobs } from './local-jobs.js';
import { LocalPool } from './local-pool.js';
import { LocalPools } from './local-pools.js';
import { JobClaimer } from './job.claimer.js';
import { FollowUp } from './follow-up.js';
import { JobLoader } from './job.loader.js';
import { LaneSeats } from './lane-seats.js';
import { LeaseKeeper } from './lease.keeper.js';
import { UNSHARED } from './pool.claimer.js';
import { OutcomeRecorder } from './outcome.recorder.js';
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

  readonly pools: LocalPools;
  readonly following: FollowUp;

  private readonly localJobs: LocalJobs;
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
    pauses: Pauses,
    occurrences: Occurrences,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
    @Inject(QUEUE_OPTIONS.token) private readonly options: ResolvedQueueOptions,
  ) {
    const { id: owner } = this;
    this.following = new FollowUp(() => this.claimer, database.wakeUps, clock);
    const { backoff, leaseMs, pollIntervalMs } = options;
    const reporter = new JobReporter(occurrences, runners, clock);
    const localJobs = new LocalJobs(options.maxHeldBytes);
    const loader = new JobLoader(database, runners, localJobs);
    this.localJobs = localJobs;
    this.pools = new LocalPools(runners, localJobs, options);
    this.leases = new LeaseKeeper(owner, leaseMs, localJobs, database, dialect, clock, {
      lost: (job) => this.lose(job),
      renewed: () => this.runner.fillAll(),
      failed: (error) => occurrences.failed(JobWorker.name, 'Renewing leases', error),
    });
    this.executor = new AttemptExecutor(runners, clock, {
      backoff,
      completeWithin: (manager, job) => this.recorder.completeWithin(manager, job),
      // The process may have been suspended since it leased the job.
      load: (runner, job) => loader.load(runner, job).then(() => this.leases.isLeased(job)),
      pausedBy: (job, payload) => (pauses.isEmpty ? undefined : pauses.of(job, payload)),
      interrupted: (reason) =>
        this.state === 'stopped' ? { kind: 'released' } : { kind: 'threw', error: reason },
    });
    this.recorder = new OutcomeRecorder(localJobs, database, dialect, clock, reporter, {
      owner,
      backoff,
      againMs: pollIntervalMs,
      left: (local) => this.makeRoom(local.pool),
      following: this.following,
    });
    const { executor, leases, pools, recorder } = this;
    this.runner = new LocalJobRunner({
      localJobs,
      pools,
      leases,
      loader,
      executor,
      recorder,
      reporter,
      clock,
    });
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
    await this.localJobs.settledWithin(this.clock, this.options.stopTimeoutMs);
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
   * @param share in which line it stands
   * @param bytes size of its event or notification
   */
  reserve(pool: LocalPool<LocalJob>, share: number, bytes: number): boolean {
    const isOpen = this.state === 'started' && this.mayLease(pool);
    if (!isOpen || !pool.hasPlaceFor(share) || !this.localJobs.fits(pool, bytes)) return false;
    this.localJobs.reserve(pool, 1, bytes);
    return true;
  }

  /** Frees the room that {@link reserve} took. */
  unreserve(pool: LocalPool<LocalJob>, bytes: number): void {
    this.localJobs.unreserve(pool, 1, bytes);
  }

  /** Runs a job that was born leased to this process. */
  take(pool: LocalPool<LocalJob>, job: LeasedJob, leaseUntil: number, payload: unknown): void {
    const local = this.localJobs.add(pool, job, leaseUntil);
    this.localJobs.load(local, payload);
    this.runner.add(local);
  }

  /**
   * Claims due jobs now; called when jobs have become due.
   *
   * @param shares in which lines. @default it looks for them
   */
  wake(shares?: readonly number[]): void {
    if (shares === undefined) this.claimer.wake();
    else this.claimer.wakeShares(shares);
  }

  /** Notes that a job becomes due at this instant, in milliseconds since the epoch. */
  expectAt(dueAt: number): void {
    this.claimer.expectAt(dueAt);
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
      const claimed = await this.claimer.claimAll();
      // A job that was claimed in the background may have had the next one of its lane behind it.
      const wasIdle = this.localJobs.size === 0;
      await this.localJobs.settled();
      // A turn that began before reports its own failures.
      await this.rescue.ended();
      const rescued = await this.rescue.turn('at once');
      const isIdle = wasIdle && this.localJobs.size === 0 && this.localJobs.reserved === 0;
      if (claimed + rescued === 0 && isIdle) return total;
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
    const { localJobs, pools, leases, rescue, seats, clock } = this;
    const { concurrency, leaseMs, pollIntervalMs, prefetch } = this.options;
    const tools = { localJobs, pools, leases, rescue, seats, database, dialect, clock };
    return new JobClaimer(tools, {
      owner: this.id,
      leaseMs,
      pollIntervalMs,
      leftToOthers: () => runners.leftToOthers(),
      unknownPool: new LocalPool<LocalJob>({ from: UNSHARED, to: UNSHARED }, concurrency, prefetch),
      isStarted: () => this.state === 'started',
      room: (pool) => (this.mayLease(pool) ? pool.room : 0),
      lost: (job) => this.lose(job),
      claimed: (jobs) => this.runner.addClaimed(jobs),
      released: (jobs) => this.runner.release(jobs),
      suspected: (jobs) => this.runner.suspect(jobs),
      failed: (work, error) => occurrences.failed(JobWorker.name, work, error),
    });
  }

  /** Whether jobs of the pool may be leased to this process at the moment. */
  private mayLease(pool: LocalPool<LocalJob>): boolean {
    return !this.rescue.isUnderWay && !this.localJobs.isFull(pool);
  }

  /** Called when a job of the pool has left. */
  private makeRoom(pool: LocalPool<LocalJob>): void {
    if (pool.waiting.next !== undefined) this.runner.fill(pool);
    this.claimer.makeRoom(pool);
  }

  private lose(local: LocalJob): void {
    if (this.runner.lose(local)) this.makeRoom(local.pool);
  }
}
