import type { Clock } from '../../../clock/clock.js';
import { DatabaseClock } from '../../../database/database.clock.js';
import type { SqlDatabase } from '../../../database/sql-database.js';
import type { QueueDialect } from './dialects/queue.dialect.js';
import { Heartbeat } from './heartbeat.js';
import type { LocalJob } from './local-job.js';
import type { LocalJobs } from './local-jobs.js';

/** Gets the results of renewals. */
export interface LeaseListener {
  /** Another process has leased the job. */
  lost(local: LocalJob): void;
  /** The database has answered which leases are still valid. */
  renewed(): void;
  /** The database does not answer: called once until it answers again. */
  failed(problem: unknown): void;
}

/**
 * Renews the leases of this process, and knows which of them may have run out while it was suspended: no job
 * starts under such a lease before the database has confirmed it.
 *
 * @internal
 */
export class LeaseKeeper {
  private readonly heartbeat: Heartbeat;
  private renewing: Promise<boolean> | undefined;
  private isFailing = false;

  constructor(
    private readonly owner: string,
    private readonly leaseMs: number,
    private readonly localJobs: LocalJobs,
    private readonly database: SqlDatabase,
    private readonly dialect: QueueDialect,
    private readonly clock: Clock,
    private readonly listener: LeaseListener,
  ) {
    this.heartbeat = new Heartbeat(clock, leaseMs, () => this.renew());
  }

  start(): void {
    this.heartbeat.start();
  }

  /** Resolves when no renewal is running. */
  async stop(): Promise<void> {
    this.heartbeat.stop();
    await this.renewing;
  }

  /** Whether the job's lease has run out, as far as this process knows. */
  mayHaveRunOut({ leaseUntil }: LocalJob): boolean {
    return leaseUntil <= this.clock.now() || this.jumped();
  }

  /** Whether the job's lease is valid; asks the database if it may have run out. Never rejects. */
  async isLeased(local: LocalJob): Promise<boolean> {
    // A renewal that is running may have been sent before the process was suspended.
    if (this.mayHaveRunOut(local)) await this.renewing;
    if (this.mayHaveRunOut(local)) await this.renew();
    return !this.mayHaveRunOut(local);
  }

  /** Renews leases that may have run out, before a claim. Never rejects. */
  async catchUp(): Promise<void> {
    const now = this.clock.now();
    const isLate = this.localJobs.all().some(({ leaseUntil }) => leaseUntil <= now);
    if (isLate || this.jumped()) await this.renew();
  }

  /**
   * Renews all leases, and reports those that are lost. Never rejects.
   *
   * @returns whether the database answered
   */
  renew(): Promise<boolean> {
    this.renewing ??= this.renewAll().finally(() => {
      this.renewing = undefined;
    });
    return this.renewing;
  }

  private async renewAll(): Promise<boolean> {
    try {
      // The monotonic clock of a suspended machine stood still.
      if (this.clock instanceof DatabaseClock) await this.clock.catchUp();
      const before = this.localJobs.all();
      if (before.length > 0) {
        const until = this.clock.now() + this.leaseMs;
        const jobs = before.map(({ job }) => job);
        const still = await this.database.transaction(() =>
          this.dialect.renew(jobs, this.owner, until),
        );
        for (const local of before) {
          if (still.has(local.job.id)) local.leaseUntil = until;
          // A job that is ending may have lost its lease by its own completion: the fence decides that.
          else if (this.localJobs.has(local) && !local.isEnding) this.listener.lost(local);
        }
      }
      this.isFailing = false;
      this.listener.renewed();
      return true;
    } catch (error) {
      if (!this.isFailing) this.listener.failed(error);
      this.isFailing = true;
      return false;
    }
  }

  private jumped(): boolean {
    return this.clock instanceof DatabaseClock && this.clock.hasJumped;
  }
}
