import type { WakeUps } from '../../../database/wake-ups.js';
import { FIRST_LEASE, type JobRow, type LeasedJob, type PlannedJob } from '../../job.js';
import type { StagedJobs } from '../../queue.engine.js';
import type { JobWorker } from './job.worker.js';

/**
 * Jobs whose rows are inserted in one transaction; those that are born leased have a place in this process.
 *
 * @internal
 */
export class SqlStagedJobs implements StagedJobs {
  /** @param planned the jobs of the rows, in their order */
  constructor(
    private readonly worker: JobWorker,
    readonly rows: readonly JobRow[],
    private readonly planned: readonly PlannedJob[],
    private readonly wakeUps: WakeUps,
  ) {}

  committed(waiting: ReadonlySet<string>): void {
    const due = new Set<number>();
    const left = new Set<number>();
    this.rows.forEach((row, index) => {
      const waits = row.lane !== null && waiting.has(row.id);
      if (row.state === 'running') {
        const pool = this.worker.pools.of(row.kind, row.name);
        this.worker.unreserve(pool, row.bytes);
        if (waits) return;
        this.worker.take(pool, bornLeased(row), row.dueAt, this.planned[index]?.payload);
      } else if (!waits) {
        left.add(row.share);
        if (this.planned[index]?.job.elsewhere !== true) due.add(row.share);
      }
    });
    if (left.size === 0) return;
    if (due.size > 0) this.worker.wake([...due]);
    this.wakeUps.notify({ shares: [...left] });
  }

  abandoned(): void {
    for (const { state, kind, name, bytes } of this.rows) {
      if (state === 'running') this.worker.unreserve(this.worker.pools.of(kind, name), bytes);
    }
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
