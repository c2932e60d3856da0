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
    for (let index = 0; index < this.rows.length; index++) {
      const row = this.rows[index] as JobRow;
      if (row.state !== 'running') continue;
      const pool = this.pools[index] as LocalPool<LocalJob>;
      this.worker.unreserve(pool, row.bytes);
      if (row.lane !== null && waiting.has(row.id)) continue;
      this.worker.take(pool, bornLeased(row), row.dueAt, this.planned[index]?.payload);
    }
    // Nearly all jobs are born leased: these leave nothing.
    if (this.rows.some(({ state }) => state !== 'running')) this.leave(waiting);
  }

  abandoned(): void {
    this.pools.forEach((pool, index) => {
      const row = this.rows[index] as JobRow;
      if (row.state === 'running') this.worker.unreserve(pool, row.bytes);
    });
  }

  /** Tells of the jobs that were not leased: this process may claim them, and so may others. */
  private leave(waiting: ReadonlySet<string>): void {
    const due = new Set<number>();
    const left = new Set<number>();
    let dueBy = -Infinity;
    this.rows.forEach(({ id, state, lane, share, dueAt }, index) => {
      if (state === 'running' || (lane !== null && waiting.has(id))) return;
      left.add(share);
      dueBy = Math.max(dueBy, dueAt);
      if (this.planned[index]?.job.elsewhere !== true) due.add(share);
    });
    if (due.size > 0) this.worker.wake([...due]);
    if (left.size > 0) this.wakeUps.notify({ shares: [...left], dueBy });
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
