import type { Clock } from '../../../clock/clock.js';
import { DatabaseClock } from '../../../database/database.clock.js';
import type { SqlDatabase } from '../../../database/sql-database.js';
import type { QueueDialect } from './dialects/queue.dialect.js';
import { Heartbeat } from './heartbeat.js';
import type { HeldJob } from './held-job.js';
import type { HeldJobs } from './held-jobs.js';

/** What the keeper tells. */
export interface LeaseListener {
  /** Another process has the job now. */
  lost(held: HeldJob): void;
  /** The database has said which leases still hold. */
  renewed(): void;
  /** It does not answer: told once, however often it is asked until it does. */
  failed(problem: unknown): void;
}

/**
 * Keeps the leases of this process alive, and knows which of them may have run out while it was asleep:
 * nothing is started under such a lease before the database has said that it still holds.
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
    private readonly held: HeldJobs,
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

  /** Resolves when no statement of its own is under way. */
  async stop(): Promise<void> {
    this.heartbeat.stop();
    await this.renewing;
  }

  /** Whether the job's lease has run out, as far as this process knows. */
  mayHaveRunOut({ leaseUntil }: HeldJob): boolean {
    return leaseUntil <= this.clock.now() || this.jumped();
  }

  /** Whether the job's lease holds; the database is asked where it may have run out. Never rejects. */
  async holds(held: HeldJob): Promise<boolean> {
    // What is on its way already may have been sent before the process was asleep.
    if (this.mayHaveRunOut(held)) await this.renewing;
    if (this.mayHaveRunOut(held)) await this.renew();
    return !this.mayHaveRunOut(held);
  }

  /** Renews what may have run out, before others are asked for. Never rejects. */
  async catchUp(): Promise<void> {
    const now = this.clock.now();
    const isLate = this.held.all().some(({ leaseUntil }) => leaseUntil <= now);
    if (isLate || this.jumped()) await this.renew();
  }

  /**
   * Renews all leases; those that cannot be renewed are told to be lost. Never rejects.
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
      // A suspended machine's monotonic clock stood still with it.
      if (this.clock instanceof DatabaseClock) await this.clock.catchUp();
      const before = this.held.all();
      if (before.length > 0) {
        const until = this.clock.now() + this.leaseMs;
        const jobs = before.map(({ job }) => job);
        const still = await this.database.transaction(() =>
          this.dialect.renew(jobs, this.owner, until),
        );
        for (const held of before) {
          if (still.has(held.job.id)) held.leaseUntil = until;
          // What is ending may have left by its completion, which only the fence decides.
          else if (this.held.has(held) && !held.isEnding) this.listener.lost(held);
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
