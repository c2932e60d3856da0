import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { hostname } from 'node:os';
import { setImmediate as turn } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import type { CancelTimer, Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { SqlDatabase } from '../database/sql-database.js';
import { describeError } from '../errors/describe-error.js';
import { SafeLogger } from '../logging/safe.logger.js';
import { backoffDelayMs } from '../retry/backoff.js';
import { transitionAfter, type AttemptOutcome } from './attempt-outcome.js';
import { QueueDialect } from './dialects/queue.dialect.js';
import { Discard } from './discard.js';
import { GroupCommit } from './group-commit.js';
import { Heartbeat } from './heartbeat.js';
import { Deadlines, type HeldJob } from './held-job.js';
import type { JobTransition, LeasedJob } from './job.js';
import type { JobRunner } from './job-runner.js';
import { JobReporter } from './job.reporter.js';
import { JobRunnerRegistry } from './job-runner.registry.js';
import { LeaseLostError } from './lease-lost.error.js';
import { Pace } from './pace.js';
import { RESOLVED_QUEUE_OPTIONS, type ResolvedQueueOptions } from './queue.options.js';
import { RetryLater } from './retry-later.js';
import { RunningAttempt } from './running-attempt.js';

/** Most jobs claimed, or ended, in one transaction. */
const GROUP_SIZE = 500;

/**
 * Runs the jobs that this process holds: born leased (see {@link JobQueue}) or claimed. Keeps their
 * leases alive, records how each attempt ended, and gives back what it cannot finish when it stops.
 *
 * @internal
 */
@Injectable()
export class JobWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  /** Tells this process's leases from all others. */
  readonly id = `${hostname().slice(0, 64)}:${process.pid}:${uuid()}`;

  private readonly logger = new SafeLogger(JobWorker.name);
  private readonly held = new Map<string, HeldJob>();
  private readonly waiting: HeldJob[] = [];
  private readonly deadlines: Deadlines;
  private readonly heartbeat: Heartbeat;
  private readonly reporter: JobReporter;
  private readonly pace: Pace;
  private readonly endings: GroupCommit<JobTransition, boolean>;
  private reserved = 0;
  private running = 0;
  private ending = 0;
  private state: 'idle' | 'started' | 'stopped' = 'idle';
  private claiming: Promise<number> | undefined;
  private moreIsDue = false;
  private cancelPoll: CancelTimer | undefined;
  private settledListeners: (() => void)[] = [];
  private unreservedListeners: (() => void)[] = [];

  constructor(
    private readonly database: SqlDatabase,
    private readonly dialect: QueueDialect,
    private readonly runners: JobRunnerRegistry,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
    @Inject(RESOLVED_QUEUE_OPTIONS) private readonly options: ResolvedQueueOptions,
  ) {
    this.deadlines = new Deadlines(clock);
    this.heartbeat = new Heartbeat(clock, options.leaseMs, () => this.renewLeases());
    this.reporter = new JobReporter(this.logger, runners, clock);
    this.pace = new Pace(options.concurrency, options.prefetch);
    this.endings = new GroupCommit({
      commit: (transitions) => this.commitEndings(transitions),
      isItemError: (error) => database.isValueError(error),
      maxGroup: GROUP_SIZE,
      maxWaiting: Infinity,
    });
  }

  onApplicationBootstrap(): void {
    if (!this.options.enabled || this.state !== 'idle') return;
    this.state = 'started';
    this.heartbeat.start();
    this.poll();
  }

  /** Stops taking work, waits for what runs, and releases what could not be finished. */
  async beforeApplicationShutdown(): Promise<void> {
    if (this.state !== 'started') return;
    this.state = 'stopped';
    this.cancelPoll?.();
    await this.claiming?.catch(() => undefined);
    for (const held of this.waiting.splice(0)) this.finish(held, { kind: 'released' });
    await this.settledWithin(this.options.stopTimeoutMs);
    for (const held of this.held.values()) {
      held.interrupt?.(new Error('the application stops'));
    }
    await this.settled();
    await this.endings.idle();
    this.heartbeat.stop();
    this.deadlines.stop();
  }

  /** Takes room for a job that is about to be inserted already leased; false when there is none. */
  reserve(): boolean {
    if (this.state !== 'started' || this.room() <= 0) return false;
    this.reserved++;
    return true;
  }

  /** Gives back what {@link reserve} took. */
  unreserve(): void {
    this.reserved--;
    if (this.reserved === 0) for (const listener of this.unreservedListeners.splice(0)) listener();
  }

  /** Runs a job whose lease this process holds. */
  take(job: LeasedJob, payload: unknown): void {
    const held = this.hold(job, payload);
    if (this.state === 'stopped') {
      this.finish(held, { kind: 'released' });
      return;
    }
    this.waiting.push(held);
    this.fill();
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
      await this.settled();
      await this.claiming?.catch(() => undefined);
      const claimed = await this.claim();
      if (claimed === 0 && this.held.size === 0 && this.reserved === 0) return total;
      total += claimed;
      // What is reserved is being claimed or committed at the moment: let that go on.
      if (claimed === 0) await turn();
    }
  }

  /** Resolves when this process holds no job. */
  async settled(): Promise<void> {
    while (this.held.size > 0) {
      await new Promise<void>((resolve) => this.settledListeners.push(resolve));
    }
  }

  /**
   * How many more jobs this process may hold. Those whose outcome is being committed do not count, as
   * they leave with the next commit; but they are bounded too.
   */
  private room(): number {
    const { concurrency, prefetch } = this.options;
    const leaving = Math.min(this.ending, prefetch);
    return concurrency + this.pace.ahead - (this.held.size - leaving) - this.reserved;
  }

  private hold(job: LeasedJob, payload: unknown): HeldJob {
    const held: HeldJob = { job, payload, isEnding: false, deadline: Infinity };
    this.held.set(job.id, held);
    return held;
  }

  private poll(): void {
    this.cancelPoll = this.clock.schedule(() => {
      this.wake();
      this.poll();
    }, this.options.pollIntervalMs);
  }

  private claim(): Promise<number> {
    this.claiming = this.claimOnce().finally(() => {
      this.claiming = undefined;
    });
    return this.claiming;
  }

  private async claimOnce(): Promise<number> {
    // The other half is left for jobs that are born leased meanwhile, or they would have to be claimed too.
    const limit = Math.min(Math.ceil(this.room() / 2), GROUP_SIZE);
    if (limit <= 0) return 0;
    this.moreIsDue = false;
    this.reserved += limit;
    try {
      const now = this.clock.now();
      const jobs = await this.database.transaction(() =>
        this.dialect.claim({
          now,
          leaseUntil: now + this.options.leaseMs,
          leasedBy: this.id,
          limit,
        }),
      );
      this.moreIsDue ||= jobs.length === limit;
      await this.takeClaimed(jobs);
      return jobs.length;
    } catch (error) {
      this.logger.error(`Looking for due jobs failed: ${describeError(error)}`);
      throw error;
    } finally {
      this.reserved -= limit;
    }
  }

  private async takeClaimed(jobs: readonly LeasedJob[]): Promise<void> {
    const byKind = new Map<string, LeasedJob[]>();
    for (const job of jobs) {
      const sameKind = byKind.get(job.kind);
      if (sameKind === undefined) byKind.set(job.kind, [job]);
      else sameKind.push(job);
    }
    for (const [kind, sameKind] of byKind) {
      try {
        const payloads = await this.load(kind, sameKind);
        for (const job of sameKind) this.take(job, payloads.get(job.ref));
      } catch (error) {
        this.reporter.putOff(sameKind, error);
        for (const job of sameKind) this.putOff(job, error);
      }
    }
  }

  /** Not left until its lease runs out, which would pass for the death of a process, and count. */
  private putOff(job: LeasedJob, problem: unknown): void {
    const held = this.hold(job, undefined);
    const delayMs = backoffDelayMs(job.attempt, this.options.backoff, Math.random());
    const reason = `what it is about could not be read: ${describeError(problem)}`;
    const error = new RetryLater(delayMs, reason);
    this.end(held, this.transition(job, { kind: 'threw', error }));
  }

  private async load(
    kind: string,
    jobs: readonly LeasedJob[],
  ): Promise<ReadonlyMap<string, unknown>> {
    const runner = this.runners.find(kind);
    return runner === undefined ? new Map() : runner.load([...new Set(jobs.map((job) => job.ref))]);
  }

  private fill(): void {
    while (this.running < this.options.concurrency) {
      const held = this.waiting.shift();
      if (held === undefined) return;
      this.running++;
      void this.run(held);
    }
  }

  private async run(held: HeldJob): Promise<void> {
    const startedAt = this.clock.now();
    const outcome = await this.attempt(held, startedAt);
    this.pace.note(this.clock.now() - startedAt);
    this.deadlines.remove(held);
    this.running--;
    this.fill();
    this.finish(held, outcome);
  }

  /** Never rejects. Ends at the runner's end, its time-out, or the loss of the lease. */
  private attempt(held: HeldJob, startedAt: number): Promise<AttemptOutcome> {
    const { job, payload } = held;
    const runner = this.runners.find(job.kind);
    if (runner === undefined) return failed(`this process has no runner for '${job.kind}' jobs`);
    if (job.attempt > job.maxAttempts) {
      return failed('the process died, or lost its lease, during the last attempt');
    }
    if (payload === undefined) {
      return Promise.resolve({
        kind: 'threw',
        error: new Discard('what it is about no longer exists'),
      });
    }
    held.deadline = startedAt + runner.timeoutMs(job.name);
    const attempt = new RunningAttempt(job, payload, (manager) =>
      this.completeWithin(manager, job),
    );
    return new Promise((resolve) => {
      held.interrupt = (reason) => {
        attempt.abort(reason);
        const error = runner.interrupted?.(job, reason) ?? reason;
        resolve(this.state === 'stopped' ? { kind: 'released' } : { kind: 'threw', error });
      };
      this.deadlines.add(held);
      void outcomeOf(runner, attempt).then(resolve);
    });
  }

  private async completeWithin(manager: EntityManager, job: LeasedJob): Promise<void> {
    const transition = this.transition(job, { kind: 'returned', value: undefined });
    const changed = await this.database.within(manager, this.dialect.transition([transition]));
    if (!changed.has(job.id)) throw new LeaseLostError(job.id);
  }

  private transition(
    job: LeasedJob,
    outcome: Exclude<AttemptOutcome, { kind: 'recorded' }>,
  ): JobTransition;
  private transition(job: LeasedJob, outcome: AttemptOutcome): JobTransition | undefined;
  private transition(job: LeasedJob, outcome: AttemptOutcome): JobTransition | undefined {
    return transitionAfter(job, outcome, {
      now: this.clock.now(),
      leasedBy: this.id,
      backoff: this.options.backoff,
      random: Math.random(),
    });
  }

  private finish(held: HeldJob, outcome: AttemptOutcome): void {
    const transition = this.transition(held.job, outcome);
    if (transition === undefined) {
      this.forget(held);
      return;
    }
    this.reporter.ended(held, transition);
    this.end(held, transition);
  }

  private end(held: HeldJob, transition: JobTransition): void {
    held.isEnding = true;
    this.ending++;
    void this.record(held, transition);
  }

  /** Keeps trying: what has been done must not be done again because the database was away. */
  private async record(held: HeldJob, transition: JobTransition): Promise<void> {
    for (let tries = 1; this.held.get(held.job.id) === held; tries++) {
      try {
        const effective = await this.endings.add(transition);
        if (!effective) this.reporter.leaseLost(held);
        this.forget(held);
      } catch (error) {
        if (this.state === 'stopped' || tries === 1) this.reporter.notRecorded(held, error);
        if (this.state === 'stopped' || this.database.isValueError(error)) {
          this.forget(held);
        } else {
          await new Promise<void>((resolve) => {
            this.clock.schedule(resolve, this.options.pollIntervalMs);
          });
        }
      }
    }
  }

  private async commitEndings(transitions: readonly JobTransition[]): Promise<boolean[]> {
    const changed = await this.database.transaction(() => this.dialect.transition(transitions));
    return transitions.map((transition) => changed.has(transition.id));
  }

  private forget(held: HeldJob): void {
    if (this.held.get(held.job.id) !== held) return;
    this.held.delete(held.job.id);
    if (held.isEnding) this.ending--;
    if (this.moreIsDue && this.room() > this.pace.ahead / 2) this.wake();
    if (this.held.size === 0) {
      for (const listener of this.settledListeners.splice(0)) listener();
    }
  }

  private async renewLeases(): Promise<void> {
    const before = [...this.held.values()];
    if (before.length === 0) return;
    try {
      const until = this.clock.now() + this.options.leaseMs;
      const still = await this.database.transaction(() =>
        this.dialect.renew(
          before.map(({ job }) => job),
          this.id,
          until,
        ),
      );
      for (const held of before) {
        if (!still.has(held.job.id)) this.lose(held);
      }
    } catch (error) {
      this.logger.error(`Renewing leases failed: ${describeError(error)}`);
    }
  }

  /** The job is somebody else's now, or its end is being recorded, which the fence decides alone. */
  private lose(held: HeldJob): void {
    if (this.held.get(held.job.id) !== held) return;
    const index = this.waiting.indexOf(held);
    if (index >= 0) {
      this.waiting.splice(index, 1);
      this.forget(held);
    } else {
      held.interrupt?.(new LeaseLostError(held.job.id));
    }
  }

  private async settledWithin(timeoutMs: number): Promise<void> {
    let cancel: CancelTimer = () => undefined;
    const timeout = new Promise<void>((resolve) => {
      cancel = this.clock.schedule(resolve, timeoutMs);
    });
    await Promise.race([Promise.all([this.settled(), this.unreserved()]), timeout]);
    cancel();
  }

  /** Resolves when no job is on its way into the database leased to this process. */
  private async unreserved(): Promise<void> {
    while (this.reserved > 0) {
      await new Promise<void>((resolve) => this.unreservedListeners.push(resolve));
    }
  }
}

async function outcomeOf(runner: JobRunner, attempt: RunningAttempt): Promise<AttemptOutcome> {
  try {
    const value = await runner.run(attempt);
    return attempt.isRecorded ? { kind: 'recorded' } : { kind: 'returned', value };
  } catch (error) {
    return { kind: 'threw', error };
  }
}

function failed(reason: string): Promise<AttemptOutcome> {
  return Promise.resolve({ kind: 'threw', error: new Error(reason) });
}
