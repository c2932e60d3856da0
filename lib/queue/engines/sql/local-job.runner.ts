import type { Clock } from '../../../clock/clock.js';
import type { AttemptExecutor } from '../../attempt.executor.js';
import type { LeasedJob } from '../../job.js';
import type { JobReporter } from '../../job.reporter.js';
import { LeaseLostError } from '../../lease-lost.error.js';
import type { LocalJob } from './local-job.js';
import type { LocalJobs } from './local-jobs.js';
import type { LocalPool } from './local-pool.js';
import type { LocalPools } from './local-pools.js';
import type { JobLoader } from './job.loader.js';
import type { LeaseKeeper } from './lease.keeper.js';
import type { OutcomeRecorder } from './outcome.recorder.js';

/** What running the jobs needs. */
export interface LocalJobTools {
  readonly localJobs: LocalJobs;
  readonly pools: LocalPools;
  readonly leases: LeaseKeeper;
  readonly loader: JobLoader;
  readonly executor: AttemptExecutor<LocalJob>;
  readonly recorder: OutcomeRecorder;
  readonly reporter: JobReporter;
  readonly clock: Clock;
}

/**
 * Runs the jobs that are leased to this process, with the limited concurrency of each pool; within a pool, the lines
 * take turns.
 *
 * @internal
 */
export class LocalJobRunner {
  private isStopped = false;

  constructor(private readonly tools: LocalJobTools) {}

  /** Releases the waiting jobs; running ones may end. */
  stop(): void {
    this.isStopped = true;
    this.release(this.tools.localJobs.takeAllWaiting());
  }

  /** Gives jobs back that did not start. */
  release(jobs: readonly LocalJob[]): void {
    for (const one of jobs) this.tools.recorder.record(one, { kind: 'released' });
  }

  /** Interrupts the jobs that still run. */
  interruptAll(reason: Error): void {
    for (const local of this.tools.localJobs.all()) local.interrupt?.(reason);
  }

  /** Queues a job, which runs when it is its turn. */
  add(local: LocalJob): void {
    if (this.isStopped) {
      this.tools.recorder.record(local, { kind: 'released' });
      return;
    }
    // Where nothing waits and there is room, it is its turn: most jobs never stand in the line.
    if (local.pool.waiting.next === undefined && this.mayStart(local)) {
      void this.run(local);
      return;
    }
    this.tools.localJobs.enqueue(local);
    this.fill(local.pool);
  }

  /** Prefetches the payloads of jobs that were claimed together, and queues the jobs. */
  async addClaimed(jobs: readonly LocalJob[]): Promise<void> {
    const { localJobs, loader, executor, recorder, reporter } = this.tools;
    const failed = await loader.loadAhead(jobs);
    const postponed = new Set<LocalJob>();
    for (const [error, ofOneKind] of failed) {
      reporter.postponed(ofOneKind, error);
      for (const one of ofOneKind) {
        postponed.add(one);
        recorder.recordSilently(one, executor.notLoaded(one.job, error));
      }
    }
    for (const one of jobs) if (!postponed.has(one) && localJobs.has(one)) this.add(one);
  }

  /** Marks jobs as suspects: each of them may have killed the process that had it before. */
  suspect(jobs: readonly LocalJob[]): void {
    for (const local of jobs) this.tools.recorder.record(local, { kind: 'lost' });
    this.tools.reporter.lost(jobs.length);
  }

  /** Starts as many jobs as may run. */
  fillAll(): void {
    for (const pool of this.tools.pools.all()) this.fill(pool);
  }

  /** Starts as many jobs of the pool as may run. */
  fill(pool: LocalPool<LocalJob>): void {
    for (;;) {
      const { next } = pool.waiting;
      if (next === undefined || !this.mayStart(next)) return;
      pool.waiting.shift();
      void this.run(next);
    }
  }

  /** Runs a job out of turn; resolves when it has left this process. */
  async runByItself(job: LeasedJob, leaseUntil: number): Promise<void> {
    const pool = this.tools.pools.of(job.kind, job.name);
    const local = this.tools.localJobs.add(pool, job, leaseUntil);
    if (this.isStopped) this.tools.recorder.record(local, { kind: 'released' });
    else void this.run(local);
    await this.tools.localJobs.left(local);
  }

  /**
   * Handles a lost lease: another process has the job, or its outcome is being recorded, for which the fence
   * decides.
   *
   * @returns whether the job has left this process
   */
  lose(local: LocalJob): boolean {
    if (this.tools.localJobs.takeWaiting(local)) return this.tools.localJobs.remove(local);
    local.interrupt?.(new LeaseLostError(local.job.id));
    return false;
  }

  /** Whether a job whose turn it is may start now. */
  private mayStart(local: LocalJob): boolean {
    const { localJobs, leases } = this.tools;
    const { pool, job, isLoaded } = local;
    if (pool.running >= pool.concurrency) return false;
    // Waiting jobs may have all the bytes: if nothing runs, nothing would ever free any.
    if (!isLoaded && pool.running > 0 && !localJobs.fits(pool, job.bytes)) return false;
    if (!leases.mayHaveRunOut(local)) return true;
    // The pool is filled again when the database has answered.
    void leases.renew();
    return false;
  }

  private async run(local: LocalJob): Promise<void> {
    const { clock, executor, recorder } = this.tools;
    const { pool } = local;
    pool.running++;
    const outcome = await executor.execute(local);
    if (local.startedAt !== undefined) pool.pace.note(clock.now() - local.startedAt);
    pool.running--;
    recorder.record(local, outcome);
    this.tools.localJobs.unload(local);
    this.fill(pool);
  }
}
