import type { CancelTimer, Clock } from '../../../clock/clock.js';
import type { SqlDatabase } from '../../../database/sql-database.js';
import type { ClaimedJob } from '../../job.js';
import type { QueueDialect } from './dialects/queue.dialect.js';
import type { LocalJob } from './local-job.js';
import type { LocalJobs } from './local-jobs.js';
import type { LaneSeats } from './lane-seats.js';
import type { LeaseKeeper } from './lease.keeper.js';
import type { Rescue } from './rescue.js';

/** Most jobs claimed in one transaction. */
const MAX_CLAIM = 500;

/** What claiming needs. */
export interface ClaimTools {
  readonly localJobs: LocalJobs;
  readonly leases: LeaseKeeper;
  readonly rescue: Rescue;
  readonly seats: LaneSeats;
  readonly database: SqlDatabase;
  readonly dialect: QueueDialect;
  readonly clock: Clock;
}

/** What the claimer needs of the process. */
export interface ClaimHost {
  readonly owner: string;
  readonly leaseMs: number;
  readonly pollIntervalMs: number;
  /** Whether the process claims jobs. */
  isStarted(): boolean;
  /** The kinds of jobs that this process cannot run. */
  leftToOthers(): readonly string[];
  /** How many more jobs may be leased to this process. */
  room(): number;
  /** Called for a job of this process that was claimed again, because its lease had run out. */
  lost(local: LocalJob): void;
  /** Called with jobs that have been claimed. */
  claimed(jobs: readonly LocalJob[]): Promise<void>;
  /** Called with claimed jobs that cannot run now, as the database does not answer. */
  released(jobs: readonly LocalJob[]): void;
  /** Called with claimed jobs whose lease by another process had run out. */
  suspected(jobs: readonly LocalJob[]): void;
  /** Called when a part of the work failed; it is tried again. */
  failed(work: string, problem: unknown): void;
}

/**
 * Claims due jobs: when it is woken, and at each interval.
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

  /** Whether more jobs may be due. */
  get expectsMore(): boolean {
    return this.moreIsDue;
  }

  /** The next poll comes a whole interval after the turn of the suspects: other jobs run meanwhile. */
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

  /** Claims due jobs now. */
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
   * Claims as many jobs as this process has room for.
   *
   * @returns how many
   * @throws the database's error
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
    // A job that became due during the claim may have been missed, and no job that leaves would wake the
    // claimer.
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
    // Leave half of the room to jobs that are born leased meanwhile: otherwise they would have to be claimed
    // too.
    const room = Math.min(Math.ceil(this.host.room() / 2), MAX_CLAIM);
    if (room <= 0) return 0;
    const limit = this.tools.dialect.claimSize(room);
    this.moreIsDue = false;
    this.tools.localJobs.reserve(limit);
    try {
      // After a suspension, this process would take its own expired leases for those of a dead process.
      await this.tools.leases.catchUp();
      const { owner: leasedBy, leaseMs } = this.host;
      const now = this.tools.clock.now();
      const leaseUntil = now + leaseMs;
      const except = this.host.leftToOthers();
      const jobs = await this.tools.database.transaction(() =>
        this.tools.dialect.claim({ now, leaseUntil, leasedBy, limit, except }),
      );
      this.moreIsDue ||= jobs.length === limit;
      await this.take(jobs, leaseUntil);
      return jobs.length;
    } catch (error) {
      this.host.failed('Looking for due jobs', error);
      throw error;
    } finally {
      this.tools.localJobs.unreserve(limit);
    }
  }

  private async take(jobs: readonly ClaimedJob[], leaseUntil: number): Promise<void> {
    const { localJobs } = this.tools;
    const claimed: LocalJob[] = [];
    const suspected: LocalJob[] = [];
    for (const job of jobs) {
      const before = localJobs.find(job.id);
      if (before !== undefined) {
        this.host.lost(before);
        localJobs.remove(before);
      }
      (job.wasLost ? suspected : claimed).push(localJobs.add(job, leaseUntil));
    }
    if (suspected.length > 0) this.host.suspected(suspected);
    await this.host.claimed(await this.seated(claimed));
  }

  /** The jobs that need not wait for others of their lanes. */
  private async seated(claimed: readonly LocalJob[]): Promise<readonly LocalJob[]> {
    const { localJobs, seats } = this.tools;
    try {
      const waiting = await seats.seat(claimed.map(({ job }) => job));
      if (waiting.size === 0) return claimed;
      const waits = ({ job }: LocalJob): boolean => waiting.has(job.id);
      for (const local of claimed.filter(waits)) localJobs.remove(local);
      return claimed.filter((local) => !waits(local));
    } catch (error) {
      this.host.released(claimed);
      throw error;
    }
  }
}
