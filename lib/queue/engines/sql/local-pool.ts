import type { Shares } from '../../share.js';
import { FairLine } from './fair-line.js';
import { Pace } from './pace.js';

/**
 * The part of one pool in this process: how many of its jobs run, wait, and may be leased.
 *
 * @internal
 */
export class LocalPool<Job> {
  /** The jobs that wait for their turn. */
  readonly waiting = new FairLine<Job>();
  readonly pace: Pace;
  /** How many of its jobs are leased to this process. */
  size = 0;
  /** How many of its jobs run. */
  running = 0;
  /** How many of its jobs have an outcome that is being recorded. */
  ending = 0;
  /** How many places are reserved for jobs that are being claimed or committed. */
  reserved = 0;
  /** Bytes of its jobs' events and notifications in memory, or reserved. */
  loadedBytes = 0;
  /** Bytes of its leased jobs, loaded or not. */
  leasedBytes = 0;

  /**
   * @param shares the lines of its waiting jobs
   * @param concurrency most jobs that run at the same time
   * @param prefetch most jobs that wait
   */
  constructor(
    readonly shares: Shares,
    readonly concurrency: number,
    private readonly prefetch: number,
  ) {
    this.pace = new Pace(concurrency, prefetch);
  }

  /**
   * How many more jobs of the pool this process may lease. Jobs whose outcome is being recorded do not count,
   * as they leave with the next commit; but their number is limited too.
   */
  get room(): number {
    const leaving = Math.min(this.ending, this.prefetch);
    return this.concurrency + this.pace.ahead - (this.size - leaving) - this.reserved;
  }

  /**
   * Whether there is a place for one more job of this line. Where a flood in another line has all places, a line
   * still gets as many as run at the same time: its jobs then wait for their turn, and not for a claim.
   */
  hasPlaceFor(share: number): boolean {
    const { room } = this;
    if (room > 0) return true;
    const isWithinTwice = room > -(this.concurrency + this.prefetch);
    return isWithinTwice && this.prefetch > 0 && this.waiting.countOf(share) < this.concurrency;
  }
}
