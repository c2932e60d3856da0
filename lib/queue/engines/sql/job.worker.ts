import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { hostname } from 'node:os';
import { setImmediate as turn } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import type { CancelTimer, Clock } from '../../../clock/clock.js';
import { DATABASE_CLOCK } from '../../../database/database.clock.js';
import { SqlDatabase } from '../../../database/sql-database.js';
import { describeError } from '../../../errors/describe-error.js';
import { SafeLogger } from '../../../logging/safe.logger.js';
import { transitionAfter, type AttemptOutcome, type OpenOutcome } from '../../attempt-outcome.js';
import { AttemptExecutor } from '../../attempt.executor.js';
import { QueueDialect } from './dialects/queue.dialect.js';
import type { HeldJob } from './held-job.js';
import { HeldJobs } from './held-jobs.js';
import type { ClaimedJob, JobTransition, LeasedJob } from '../../job.js';
import { JobLoader } from './job.loader.js';
import { JobReporter } from '../../job.reporter.js';
import { JobRunnerRegistry } from '../../job-runner.registry.js';
import { LeaseKeeper } from './lease.keeper.js';
import { LeaseLostError } from '../../lease-lost.error.js';
import { OutcomeRecorder } from './outcome.recorder.js';
import { Pace } from './pace.js';
import { RESOLVED_QUEUE_OPTIONS, type ResolvedQueueOptions } from '../../queue.options.js';
import { Rescue } from './rescue.js';

/** Most jobs claimed in one transaction. */
const MAX_CLAIM = 500;

/**
 * Runs the jobs that are leased to this process: born leased (see {@link JobQueue}), claimed, or left by a
 * process that died. Gives back what it cannot finish when it stops.
 *
 * @internal
 */
@Injectable()
export class JobWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  /** Tells this process's leases from all others. */
  readonly id = `${hostname().slice(0, 64)}:${process.pid}:${uuid()}`;

  private readonly logger = new SafeLogger(JobWorker.name);
  private readonly held: HeldJobs;
  private readonly leases: LeaseKeeper;
  private readonly loader: JobLoader;
  private readonly executor: AttemptExecutor;
  private readonly recorder: OutcomeRecorder;
  private readonly rescue: Rescue;
  private readonly reporter: JobReporter;
  private readonly pace: Pace;
  private running = 0;
  private state: 'idle' | 'started' | 'stopped' = 'idle';
  private claiming: Promise<number> | undefined;
  private moreIsDue = false;
  private cancelPoll: CancelTimer | undefined;

  constructor(
    private readonly database: SqlDatabase,
    private readonly dialect: QueueDialect,
    runners: JobRunnerRegistry,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
    @Inject(RESOLVED_QUEUE_OPTIONS) private readonly options: ResolvedQueueOptions,
  ) {
    const { backoff, leaseMs } = options;
    this.held = new HeldJobs(options.maxHeldBytes);
    this.reporter = new JobReporter(this.logger, runners, clock);
    this.pace = new Pace(options.concurrency, options.prefetch);
    this.loader = new JobLoader(database, runners, this.held);
    this.leases = new LeaseKeeper(this.id, leaseMs, this.held, database, dialect, clock, {
      lost: (held) => this.lose(held),
      renewed: () => this.fill(),
      failed: (error) => this.logger.error(`Renewing leases failed: ${describeError(error)}`),
    });
    this.executor = new AttemptExecutor(runners, this.loader, clock, {
      backoff,
      completeWithin: (manager, job) => this.completeWithin(manager, job),
      holdsLease: (held) => this.leases.holds(held),
      interrupted: (reason) =>
        this.state === 'stopped' ? { kind: 'released' } : { kind: 'threw', error: reason },
    });
    this.recorder = new OutcomeRecorder(
      this.held,
      database,
      dialect,
      clock,
      this.reporter,
      options.pollIntervalMs,
    );
    this.rescue = new Rescue(this.held, database, dialect, clock, {
      owner: this.id,
      leaseMs,
      mayRun: () => this.state !== 'stopped',
      runByItself: (job, leaseUntil) => this.runByItself(job, leaseUntil),
    });
  }

  onApplicationBootstrap(): void {
    if (!this.options.enabled || this.state !== 'idle') return;
    this.state = 'started';
    this.leases.start();
    this.poll();
  }

  /** Stops taking work, waits for what runs, and releases what could not be finished. */
  async beforeApplicationShutdown(): Promise<void> {
    if (this.state !== 'started') return;
    this.state = 'stopped';
    this.recorder.stop();
    this.cancelPoll?.();
    await this.claiming?.catch(() => undefined);
    for (const held of this.held.takeAllWaiting()) this.finish(held, { kind: 'released' });
    await this.settledWithin(this.options.stopTimeoutMs);
    for (const held of this.held.all()) held.interrupt?.(new Error('the application stops'));
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
    this.enqueue(held);
  }

  /** Looks for due jobs now: called when somebody knows that there are some. */
  wake(): void {
    if (this.state !== 'started') return;
    this.moreIsDue = true;
    if (this.claiming !== undefined || this.room() <= 0) return;
    this.database.outside(() => void this.claim().catch(() => undefined));
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
      await this.claiming?.catch(() => undefined);
      const claimed = await this.claim();
      await this.held.settled();
      // What has failed for a turn that began before is none of this one's business.
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

  /** The next look comes a whole interval after suspects had their turn: others have theirs meanwhile. */
  private poll(): void {
    this.cancelPoll = this.clock.schedule(() => {
      this.wake();
      void this.database.outside(() => this.pollSuspects());
    }, this.options.pollIntervalMs);
  }

  private async pollSuspects(): Promise<void> {
    try {
      await this.rescue.turn('in turn');
    } catch (error) {
      this.logger.error(`Looking for jobs of processes that died failed: ${describeError(error)}`);
    }
    if (this.state !== 'started') return;
    this.poll();
    if (this.moreIsDue) this.wake();
  }

  private claim(): Promise<number> {
    this.claiming = this.claimOnce().finally(() => {
      this.claiming = undefined;
    });
    return this.claiming;
  }

  private async claimOnce(): Promise<number> {
    // The other half is left for jobs that are born leased meanwhile, or they would have to be claimed too.
    const limit = Math.min(Math.ceil(this.room() / 2), MAX_CLAIM);
    if (limit <= 0) return 0;
    this.moreIsDue = false;
    this.held.reserve(limit);
    try {
      // Its own leases, had it been asleep, would pass for those of a process that died.
      await this.leases.catchUp();
      const now = this.clock.now();
      const leaseUntil = now + this.options.leaseMs;
      const jobs = await this.database.transaction(() =>
        this.dialect.claim({ now, leaseUntil, leasedBy: this.id, limit }),
      );
      this.moreIsDue ||= jobs.length === limit;
      await this.takeClaimed(jobs, leaseUntil);
      return jobs.length;
    } catch (error) {
      this.logger.error(`Looking for due jobs failed: ${describeError(error)}`);
      throw error;
    } finally {
      this.held.unreserve(limit);
    }
  }

  private async takeClaimed(jobs: readonly ClaimedJob[], leaseUntil: number): Promise<void> {
    const taken: HeldJob[] = [];
    let lost = 0;
    for (const job of jobs) {
      const before = this.held.find(job.id);
      if (before !== undefined) {
        this.lose(before);
        this.held.forget(before);
      }
      const held = this.held.hold(job, leaseUntil);
      if (job.wasLost) {
        lost++;
        this.finish(held, { kind: 'lost' });
      } else {
        taken.push(held);
      }
    }
    if (lost > 0) this.reporter.lost(lost);
    const failed = await this.loader.loadAhead(taken);
    const postponed = new Set<HeldJob>();
    for (const [error, ofOneKind] of failed) {
      this.reporter.postponed(ofOneKind, error);
      for (const held of ofOneKind) {
        postponed.add(held);
        this.end(held, this.executor.notLoaded(held.job, error));
      }
    }
    for (const held of taken) if (!postponed.has(held) && this.held.has(held)) this.enqueue(held);
  }

  private enqueue(held: HeldJob): void {
    if (this.state === 'stopped') {
      this.finish(held, { kind: 'released' });
      return;
    }
    this.held.wait(held);
    this.fill();
  }

  private fill(): void {
    while (this.running < this.options.concurrency) {
      const held = this.held.next;
      if (held === undefined) return;
      // What waits behind may have the bytes: where nothing runs, nothing else would ever make room.
      const mayStart = held.isLoaded || this.running === 0 || this.held.fits(held.job.bytes);
      if (!mayStart) return;
      if (this.leases.mayHaveRunOut(held)) {
        // Goes on when the database has answered.
        void this.leases.renew();
        return;
      }
      this.held.takeWaiting(held);
      void this.run(held);
    }
  }

  private async run(held: HeldJob): Promise<void> {
    this.running++;
    const startedAt = this.clock.now();
    const outcome = await this.executor.execute(held);
    this.pace.note(this.clock.now() - startedAt);
    this.running--;
    this.finish(held, outcome);
    this.held.unload(held);
    this.fill();
  }

  private async runByItself(job: LeasedJob, leaseUntil: number): Promise<void> {
    const held = this.held.hold(job, leaseUntil);
    if (this.state === 'stopped') this.finish(held, { kind: 'released' });
    else void this.run(held);
    await this.held.settled();
  }

  private async completeWithin(manager: EntityManager, job: LeasedJob): Promise<void> {
    const transition = this.transition(job, { kind: 'returned', value: undefined });
    const changed = await this.database.within(manager, this.dialect.transition([transition]));
    if (!changed.has(job.id)) throw new LeaseLostError(job.id);
  }

  private transition(job: LeasedJob, outcome: OpenOutcome): JobTransition {
    return transitionAfter(job, outcome, {
      now: this.clock.now(),
      leasedBy: this.id,
      backoff: this.options.backoff,
      random: Math.random(),
    });
  }

  private finish(held: HeldJob, outcome: AttemptOutcome): void {
    if (outcome.kind !== 'recorded') {
      this.reporter.ended(held, this.end(held, outcome));
    } else if (this.held.forget(held)) this.makeRoom();
  }

  private end(held: HeldJob, outcome: OpenOutcome): JobTransition {
    const transition = this.transition(held.job, outcome);
    void this.recorder.record(held, transition).then((hasLeft) => {
      if (hasLeft) this.makeRoom();
    });
    return transition;
  }

  /** A job has left. */
  private makeRoom(): void {
    if (this.held.next !== undefined) this.fill();
    if (this.moreIsDue && this.room() > this.pace.ahead / 2) this.wake();
  }

  /** The job is somebody else's now, or its end is being recorded, which only the fence decides. */
  private lose(held: HeldJob): void {
    if (this.held.takeWaiting(held)) {
      if (this.held.forget(held)) this.makeRoom();
    } else {
      held.interrupt?.(new LeaseLostError(held.job.id));
    }
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
