import type { CancelTimer, Clock } from '../../../clock/clock.js';
import type { SqlDatabase } from '../../../database/sql-database.js';
import type { ClaimedJob } from '../../job.js';
import type { QueueDialect } from './dialects/queue.dialect.js';
import type { HeldJob } from './held-job.js';
import type { HeldJobs } from './held-jobs.js';
import type { LeaseKeeper } from './lease.keeper.js';
import type { Rescue } from './rescue.js';

/** Most jobs claimed in one transaction. */
const MAX_CLAIM = 500;

/** With what jobs are claimed. */
export interface ClaimTools {
  readonly held: HeldJobs;
  readonly leases: LeaseKeeper;
  readonly rescue: Rescue;
  readonly database: SqlDatabase;
  readonly dialect: QueueDialect;
  readonly clock: Clock;
}

/** What the claimer needs of the process. */
export interface ClaimHost {
  readonly owner: string;
  readonly leaseMs: number;
  readonly pollIntervalMs: number;
  /** Whether the process looks for jobs by itself. */
  isStarted(): boolean;
  /** The kinds of jobs that this process cannot run. */
  leftToOthers(): readonly string[];
  /** How many more jobs may be leased to this process. */
  room(): number;
  /** A job that was leased to this process has been claimed again: its lease had run out. */
  lost(held: HeldJob): void;
  /** Jobs that have been claimed, and leased to this process. */
  claimed(jobs: readonly HeldJob[]): Promise<void>;
  /** Jobs that had been leased to a process which let the leases run out. */
  suspected(jobs: readonly HeldJob[]): void;
  /** Some of its work has failed, and is tried again. */
  failed(work: string, problem: unknown): void;
}

/**
 * Looks for due jobs: when it is told that some are due, and at each interval.
 *
 * @internal
 */
export class JobClaimer {
  private current: Promise<number> | undefined;
  private moreIsDue = false;
  private cancelPoll: CancelTimer | undefined;

  constructor(
    private readonly tools: ClaimTools,
    private readonly host: ClaimHost,
  ) {}

  /** Whether there may be more than was claimed. */
  get expectsMore(): boolean {
    return this.moreIsDue;
  }

  /** The next look comes a whole interval after suspects had their turn: others have theirs meanwhile. */
  start(): void {
    this.cancelPoll = this.tools.clock.schedule(() => {
      this.wake();
      void this.tools.database.outside(() => this.pollSuspects());
    }, this.host.pollIntervalMs);
  }

  /** Resolves when no claim is under way. */
  async stop(): Promise<void> {
    this.cancelPoll?.();
    await this.ended();
  }

  /** Looks for due jobs now. */
  wake(): void {
    if (!this.host.isStarted()) return;
    this.moreIsDue = true;
    if (this.current !== undefined || this.host.room() <= 0) return;
    this.tools.database.outside(() => void this.claim().catch(() => undefined));
  }

  /** Resolves when no claim is under way. */
  async ended(): Promise<void> {
    while (this.current !== undefined) await this.current.catch(() => undefined);
  }

  /**
   * Claims as many jobs as there is room for.
   *
   * @returns how many
   * @throws whatever the database throws
   */
  claim(): Promise<number> {
    this.current = this.claimAndLookAgain();
    return this.current;
  }

  private async claimAndLookAgain(): Promise<number> {
    let claimed: number;
    try {
      claimed = await this.claimOnce();
    } finally {
      this.current = undefined;
    }
    // What it was told of meanwhile may have come after it had looked, and no job that leaves would remind it.
    if (claimed === 0 && this.moreIsDue) this.wake();
    return claimed;
  }

  private async pollSuspects(): Promise<void> {
    try {
      await this.tools.rescue.turn('in turn');
    } catch (error) {
      this.host.failed('Looking for jobs of processes that died', error);
    }
    if (!this.host.isStarted()) return;
    this.start();
    if (this.moreIsDue) this.wake();
  }

  private async claimOnce(): Promise<number> {
    // The other half is left for jobs that are born leased meanwhile, or they would have to be claimed too.
    const room = Math.min(Math.ceil(this.host.room() / 2), MAX_CLAIM);
    if (room <= 0) return 0;
    const limit = this.tools.dialect.claimSize(room);
    this.moreIsDue = false;
    this.tools.held.reserve(limit);
    try {
      // Its own leases, had it been asleep, would pass for those of a process that died.
      await this.tools.leases.catchUp();
      const { owner: leasedBy, leaseMs } = this.host;
      const now = this.tools.clock.now();
      const leaseUntil = now + leaseMs;
      const except = this.host.leftToOthers();
      const jobs = await this.tools.database.transaction(() =>
        this.tools.dialect.claim({ now, leaseUntil, leasedBy, limit, except }),
      );
      this.moreIsDue ||= jobs.length === limit;
      await this.hold(jobs, leaseUntil);
      return jobs.length;
    } catch (error) {
      this.host.failed('Looking for due jobs', error);
      throw error;
    } finally {
      this.tools.held.unreserve(limit);
    }
  }

  private hold(jobs: readonly ClaimedJob[], leaseUntil: number): Promise<void> {
    const claimed: HeldJob[] = [];
    const suspected: HeldJob[] = [];
    for (const job of jobs) {
      const before = this.tools.held.find(job.id);
      if (before !== undefined) {
        this.host.lost(before);
        this.tools.held.forget(before);
      }
      (job.wasLost ? suspected : claimed).push(this.tools.held.hold(job, leaseUntil));
    }
    if (suspected.length > 0) this.host.suspected(suspected);
    return this.host.claimed(claimed);
  }
}
