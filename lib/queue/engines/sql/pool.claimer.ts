import type { ClaimedJob } from '../../job.js';
import type { LocalJob } from './local-job.js';
import type { LocalPool } from './local-pool.js';

/** Most jobs claimed in one transaction. */
const MAX_CLAIM = 500;

/** How often a claim of a line that gave nothing is repeated at once. */
const MAX_REPEATS = 3;

/** Stands for the jobs that stand in no line. */
export const UNSHARED = -1;

/** What the claimer of a pool needs. */
export interface PoolClaimHost {
  /** Whether the process claims jobs. */
  isStarted(): boolean;
  /** How many more jobs of the pool may be leased to this process. */
  room(pool: LocalPool<LocalJob>): number;
  /** Whether a claim may pass over due jobs, which the next one finds. */
  readonly mayPassOver: boolean;
  /** How many jobs one claim takes if there is room for so many. */
  claimSize(room: number): number;
  /**
   * Claims due jobs, and queues them.
   *
   * @param shares the lines to take them from
   * @param each most jobs of each line
   */
  claim(
    pool: LocalPool<LocalJob>,
    shares: readonly number[],
    each: number,
  ): Promise<readonly ClaimedJob[]>;
  /** Starts work that must not join the caller's transaction. */
  outside(work: () => void): void;
}

/**
 * Claims the due jobs of one pool: as many of each line that has due ones.
 *
 * @internal
 */
export class PoolClaimer {
  /** The lines that may have due jobs, in the order of their turns. */
  private readonly due = new Set<number>();
  private readonly repeats = new Map<number, number>();
  private current: Promise<number> | undefined;

  /** @param pool the pool in this process, which may be made later than its claimer */
  constructor(
    private readonly host: PoolClaimHost,
    private readonly pool: () => LocalPool<LocalJob>,
  ) {}

  /** Whether more jobs may be due. */
  get expectsMore(): boolean {
    return this.due.size > 0;
  }

  /** Notes that a line may have due jobs. */
  expect(share: number): void {
    this.due.add(share);
  }

  /** Claims due jobs now. */
  wake(): void {
    if (!this.host.isStarted() || !this.expectsMore) return;
    if (this.current !== undefined || this.host.room(this.pool()) <= 0) return;
    this.host.outside(() => void this.claim().catch(() => undefined));
  }

  /** Resolves when no claim is under way. */
  async ended(): Promise<void> {
    while (this.current !== undefined) await this.current.catch(() => undefined);
  }

  /**
   * Claims as many jobs as this process has room for, once no other claim is under way: of two at a time, one may
   * pass over an older job, beside which the other one has a lock.
   *
   * @returns how many
   * @throws the database's error
   */
  async claim(): Promise<number> {
    if (this.current !== undefined) await this.ended();
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
    if (claimed === 0 || this.repeats.size > 0) this.wake();
    return claimed;
  }

  private async claimOnce(): Promise<number> {
    const pool = this.pool();
    // Leave half of the room to jobs that are born leased meanwhile: otherwise they would have to be claimed
    // too.
    const room = Math.min(Math.ceil(this.host.room(pool) / 2), MAX_CLAIM);
    const shares = [...this.due].slice(0, Math.max(room, 0));
    if (shares.length === 0) return 0;
    const each = this.host.claimSize(Math.ceil(room / shares.length));
    for (const share of shares) this.due.delete(share);
    let jobs: readonly ClaimedJob[];
    try {
      jobs = await this.host.claim(pool, shares, each);
    } catch (error) {
      for (const share of shares) this.due.add(share);
      throw error;
    }
    const counts = countsOf(jobs, shares);
    for (const share of shares) {
      const count = counts.get(share) ?? 0;
      if (count >= each || (count === 0 && this.mayRepeat(share))) this.due.add(share);
      if (count > 0) this.repeats.delete(share);
    }
    return jobs.length;
  }

  /** A line was expected to have a due job: another claim may have had a lock beside it. */
  private mayRepeat(share: number): boolean {
    const repeats = (this.repeats.get(share) ?? 0) + 1;
    const mayRepeat = this.host.mayPassOver && repeats <= MAX_REPEATS;
    if (mayRepeat) this.repeats.set(share, repeats);
    else this.repeats.delete(share);
    return mayRepeat;
  }
}

function countsOf(
  jobs: readonly ClaimedJob[],
  shares: readonly number[],
): ReadonlyMap<number, number> {
  const [only] = shares;
  if (shares.length === 1 && only !== undefined) return new Map([[only, jobs.length]]);
  const counts = new Map<number, number>();
  for (const { share } of jobs) counts.set(share, (counts.get(share) ?? 0) + 1);
  return counts;
}
