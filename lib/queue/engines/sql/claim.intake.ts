import type { Clock } from '../../../clock/clock.js';
import type { SqlDatabase } from '../../../database/sql-database.js';
import type { ClaimedJob } from '../../job.js';
import { shareWithin } from '../../share.js';
import type { QueueDialect } from './dialects/queue.dialect.js';
import type { LaneSeats } from './lane-seats.js';
import type { LeaseKeeper } from './lease.keeper.js';
import type { LocalJob } from './local-job.js';
import type { LocalJobs } from './local-jobs.js';
import type { LocalPool } from './local-pool.js';
import type { LocalPools } from './local-pools.js';
import { UNSHARED } from './pool.claimer.js';

/** What taking claimed jobs needs. */
export interface IntakeTools {
  readonly localJobs: LocalJobs;
  readonly pools: LocalPools;
  readonly leases: LeaseKeeper;
  readonly seats: LaneSeats;
  readonly database: SqlDatabase;
  readonly dialect: QueueDialect;
  readonly clock: Clock;
}

/** The process that claims, and what becomes of claimed jobs. */
export interface IntakeHost {
  readonly owner: string;
  readonly leaseMs: number;
  /** The kinds of jobs that this process cannot run. */
  leftToOthers(): readonly string[];
  /** Called for a job of this process that was claimed again, because its lease had run out. */
  lost(local: LocalJob): void;
  /** Called with jobs that have been claimed. */
  claimed(jobs: readonly LocalJob[]): Promise<void>;
  /** Called with claimed jobs that cannot run now. */
  released(jobs: readonly LocalJob[]): void;
  /** Called when a claim failed; it is tried again. */
  claimFailed(problem: unknown): void;
  /** Called with claimed jobs whose lease by another process had run out. */
  suspected(jobs: readonly LocalJob[]): void;
}

/**
 * Claims due jobs, and sorts them: into their pools, those of dead processes apart, and those that wait for others of their
 * lanes back.
 *
 * @internal
 */
export class ClaimIntake {
  constructor(
    private readonly tools: IntakeTools,
    private readonly host: IntakeHost,
  ) {}

  /**
   * Claims due jobs of a pool, and takes them.
   *
   * @param pool the pool that they are claimed for
   * @param shares their lines
   * @param each most jobs of each line
   * @throws the database's error
   */
  async claim(
    pool: LocalPool<LocalJob>,
    shares: readonly number[],
    each: number,
  ): Promise<readonly ClaimedJob[]> {
    const { localJobs, leases, clock, database, dialect } = this.tools;
    const places = each * shares.length;
    localJobs.reserve(pool, places);
    try {
      // After a suspension, this process would take its own expired leases for those of a dead process.
      await leases.catchUp();
      const { owner: leasedBy, leaseMs } = this.host;
      const now = clock.now();
      const taker = { now, leaseUntil: now + leaseMs, leasedBy };
      const except = this.host.leftToOthers();
      const jobs = await database.transaction(() =>
        shares[0] === UNSHARED
          ? dialect.claimUnshared({ ...taker, limit: each, except })
          : dialect.claim({ ...taker, shares, each }),
      );
      await this.take(pool, jobs, taker.leaseUntil);
      return jobs;
    } catch (error) {
      this.host.claimFailed(error);
      throw error;
    } finally {
      localJobs.unreserve(pool, places);
    }
  }

  /**
   * Takes the jobs of one claim.
   *
   * @param from the pool that they were claimed for
   * @throws the database's error; the jobs are released
   */
  private async take(
    from: LocalPool<LocalJob>,
    jobs: readonly ClaimedJob[],
    leaseUntil: number,
  ): Promise<void> {
    const claimed: LocalJob[] = [];
    const suspected: LocalJob[] = [];
    const crowded: LocalJob[] = [];
    for (const job of jobs) {
      const local = this.localOf(job, leaseUntil);
      if (job.wasLost) suspected.push(local);
      // It stands in another line than the one that it belongs to: released, it stands in the right one.
      else if (local.pool !== from && local.pool.room < 0) crowded.push(local);
      else claimed.push(local);
    }
    if (suspected.length > 0) this.host.suspected(suspected);
    if (crowded.length > 0) this.host.released(crowded);
    await this.host.claimed(await this.seated(claimed));
  }

  private localOf(job: ClaimedJob, leaseUntil: number): LocalJob {
    const { localJobs, pools } = this.tools;
    const before = localJobs.find(job.id);
    if (before !== undefined) {
      this.host.lost(before);
      localJobs.remove(before);
    }
    const pool = pools.of(job.kind, job.name);
    const share = shareWithin(pool.shares, job.share);
    return localJobs.add(pool, share === job.share ? job : { ...job, share }, leaseUntil);
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
