import type { Clock } from '../../../clock/clock.js';
import type { SqlDatabase } from '../../../database/sql-database.js';
import type { LeasedJob } from '../../job.js';
import type { QueueDialect } from './dialects/queue.dialect.js';

/** No job waits. */
const NONE: ReadonlySet<string> = new Set();

/**
 * Gives leased jobs their places in their lanes: those that a host added in its own transaction have none yet.
 *
 * @internal
 */
export class LaneSeats {
  constructor(
    private readonly database: SqlDatabase,
    private readonly dialect: QueueDialect,
    private readonly clock: Clock,
  ) {}

  /**
   * @param jobs leased to this process, and not suspected
   * @returns ids of the jobs that wait for others of their lanes: they are no longer leased to this process
   * @throws the database's error
   */
  async seat(jobs: readonly LeasedJob[]): Promise<ReadonlySet<string>> {
    const candidates = jobs.flatMap(({ id, lane, headsLane, lease, share }) =>
      lane === null || headsLane ? [] : [{ id, lane, lease, share }],
    );
    if (candidates.length === 0) return NONE;
    const now = this.clock.now();
    return this.database.transaction(() => this.dialect.lanes.seat(candidates, now));
  }
}
