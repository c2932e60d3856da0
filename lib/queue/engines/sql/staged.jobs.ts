import type { WakeUps } from '../../../database/wake-ups.js';
import { FIRST_LEASE, type JobRow, type LeasedJob, type PlannedJob } from '../../job.js';
import type { StagedJobs } from '../../queue.engine.js';
import type { JobWorker } from './job.worker.js';
import type { LocalJob } from './local-job.js';
import type { LocalPool } from './local-pool.js';

/**
 * Jobs whose rows are inserted in one transaction; those that are born leased have a place in this process.
 *
 * @internal
 */
export class SqlStagedJobs implements StagedJobs {
  /**
   * @param planned the jobs of the rows, in their order
   * @param pools their pools, in the same order
   */
  constructor(
    private readonly worker: JobWorker,
    readonly rows: readonly JobRow[],
    private readonly planned: readonly PlannedJob[],
    private readonly pools: readonly LocalPool<LocalJob>[],
    private readonly wakeUps: WakeUps,
  ) {}

  committed(waiting: ReadonlySet<string>): void {
    // Nearly all jobs are born leased: these leave nothing.
    const due: number[] = [];
    const left: number[] = [];
    this.pools.forEach((pool, index) => {
      const row = this.rows[index] as JobRow;
      const waits = row.lane !== null && waiting.has(row.id);
      if (row.state === 'running') {
        this.worker.unreserve(pool, row.bytes);
        if (waits) return;
        this.worker.take(pool, bornLeased(row), row.dueAt, this.planned[index]?.payload);
      } else if (!waits) {
        left.push(row.share);
        if (this.planned[index]?.job.elsewhere !== true) due.push(row.share);
      }
    });
    if (left.length === 0) return;
    if (due.length > 0) this.worker.wake([...new Set(due)]);
    this.wakeUps.notify({ shares: [...new Set(left)] });
  }

  abandoned(): void {
    this.pools.forEach((pool, index) => {
      const row = this.rows[index] as JobRow;
      if (row.state === 'running') this.worker.unreserve(pool, row.bytes);
    });
  }
}

function bornLeased(row: JobRow): LeasedJob {
  const { id, kind, name, ref, bytes, maxAttempts, share, lane, holdsLane } = row;
  return {
    id,
    kind,
    name,
    ref,
    bytes,
    maxAttempts,
    share,
    lane,
    holdsLane,
    headsLane: lane !== null,
    lease: FIRST_LEASE,
    attempt: 1,
    lostLeases: 0,
  };
}
