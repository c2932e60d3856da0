import type { ClaimedJob } from '../../job.js';
import { shareWithin } from '../../share.js';
import type { LaneSeats } from './lane-seats.js';
import type { LocalJob } from './local-job.js';
import type { LocalJobs } from './local-jobs.js';
import type { LocalPool } from './local-pool.js';
import type { LocalPools } from './local-pools.js';

/** What taking claimed jobs needs. */
export interface IntakeTools {
  readonly localJobs: LocalJobs;
  readonly pools: LocalPools;
  readonly seats: LaneSeats;
}

/** What becomes of claimed jobs. */
export interface IntakeHost {
  /** Called for a job of this process that was claimed again, because its lease had run out. */
  lost(local: LocalJob): void;
  /** Called with jobs that have been claimed. */
  claimed(jobs: readonly LocalJob[]): Promise<void>;
  /** Called with claimed jobs that cannot run now. */
  released(jobs: readonly LocalJob[]): void;
  /** Called with claimed jobs whose lease by another process had run out. */
  suspected(jobs: readonly LocalJob[]): void;
}

/**
 * Sorts claimed jobs: into their pools, those of dead processes apart, and those that wait for others of their
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
   * Takes the jobs of one claim.
   *
   * @param from the pool that they were claimed for
   * @throws the database's error; the jobs are released
   */
  async take(
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
