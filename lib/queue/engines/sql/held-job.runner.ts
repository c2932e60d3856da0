import type { Clock } from '../../../clock/clock.js';
import type { AttemptExecutor } from '../../attempt.executor.js';
import type { LeasedJob } from '../../job.js';
import type { JobReporter } from '../../job.reporter.js';
import { LeaseLostError } from '../../lease-lost.error.js';
import type { HeldJob } from './held-job.js';
import type { HeldJobs } from './held-jobs.js';
import type { JobLoader } from './job.loader.js';
import type { LeaseKeeper } from './lease.keeper.js';
import type { OutcomeRecorder } from './outcome.recorder.js';
import type { Pace } from './pace.js';

/** With what the jobs are run. */
export interface HeldJobTools {
  readonly held: HeldJobs;
  readonly leases: LeaseKeeper;
  readonly loader: JobLoader;
  readonly executor: AttemptExecutor<HeldJob>;
  readonly recorder: OutcomeRecorder;
  readonly reporter: JobReporter;
  readonly pace: Pace;
  readonly clock: Clock;
}

/**
 * Runs the jobs that are leased to this process, as many at a time as it may, in the order in which they came.
 *
 * @internal
 */
export class HeldJobRunner {
  private running = 0;
  private isStopped = false;

  constructor(
    private readonly tools: HeldJobTools,
    private readonly concurrency: number,
  ) {}

  /** Releases what waits; what runs may come to its end. */
  stop(): void {
    this.isStopped = true;
    const { held, recorder } = this.tools;
    for (const one of held.takeAllWaiting()) recorder.record(one, { kind: 'released' });
  }

  /** Ends the wait for what still runs. */
  interruptAll(reason: Error): void {
    for (const held of this.tools.held.all()) held.interrupt?.(reason);
  }

  /** Has a job run when it is its turn. */
  add(held: HeldJob): void {
    if (this.isStopped) {
      this.tools.recorder.record(held, { kind: 'released' });
      return;
    }
    this.tools.held.wait(held);
    this.fill();
  }

  /** Reads ahead for jobs that have been claimed together, and has them run. */
  async addClaimed(jobs: readonly HeldJob[]): Promise<void> {
    const { held, loader, executor, recorder, reporter } = this.tools;
    const failed = await loader.loadAhead(jobs);
    const postponed = new Set<HeldJob>();
    for (const [error, ofOneKind] of failed) {
      reporter.postponed(ofOneKind, error);
      for (const one of ofOneKind) {
        postponed.add(one);
        recorder.recordSilently(one, executor.notLoaded(one.job, error));
      }
    }
    for (const one of jobs) if (!postponed.has(one) && held.has(one)) this.add(one);
  }

  /** Each of these jobs may have killed the process that had it before. */
  suspect(jobs: readonly HeldJob[]): void {
    for (const held of jobs) this.tools.recorder.record(held, { kind: 'lost' });
    this.tools.reporter.lost(jobs.length);
  }

  /** Starts what may be started. */
  fill(): void {
    const { held, leases } = this.tools;
    while (this.running < this.concurrency) {
      const { next } = held;
      if (next === undefined) return;
      // What waits behind may have the bytes: where nothing runs, nothing else would ever make room.
      const mayStart = next.isLoaded || this.running === 0 || held.fits(next.job.bytes);
      if (!mayStart) return;
      if (leases.mayHaveRunOut(next)) {
        // Goes on when the database has answered.
        void leases.renew();
        return;
      }
      held.takeWaiting(next);
      void this.run(next);
    }
  }

  /** Runs a job out of turn; resolves when it has left. */
  async runByItself(job: LeasedJob, leaseUntil: number): Promise<void> {
    const held = this.tools.held.hold(job, leaseUntil);
    if (this.isStopped) this.tools.recorder.record(held, { kind: 'released' });
    else void this.run(held);
    await this.tools.held.left(held);
  }

  /**
   * The job is somebody else's now, or its end is being recorded, which only the fence decides.
   *
   * @returns whether it has left by that
   */
  lose(held: HeldJob): boolean {
    if (this.tools.held.takeWaiting(held)) return this.tools.held.forget(held);
    held.interrupt?.(new LeaseLostError(held.job.id));
    return false;
  }

  private async run(held: HeldJob): Promise<void> {
    const { clock, executor, pace, recorder } = this.tools;
    this.running++;
    const startedAt = clock.now();
    const outcome = await executor.execute(held);
    pace.note(clock.now() - startedAt);
    this.running--;
    recorder.record(held, outcome);
    this.tools.held.unload(held);
    this.fill();
  }
}
