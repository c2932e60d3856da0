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
  ) {}

  committed(waiting: ReadonlySet<string>): void {
    let left = false;
    this.rows.forEach((row, index) => {
      const waits = row.lane !== null && waiting.has(row.id);
      if (row.state === 'running') {
        this.worker.unreserve(row.bytes);
        if (waits) return;
        this.worker.take(bornLeased(row), row.dueAt, this.planned[index]?.payload);
      } else if (!waits && this.planned[index]?.job.elsewhere !== true) {
        left = true;
      }
    });
    if (left) this.worker.wake();
  }

  abandoned(): void {
    for (const { state, bytes } of this.rows) {
      if (state === 'running') this.worker.unreserve(bytes);
    }
  }
}

function bornLeased(row: JobRow): LeasedJob {
  const { id, kind, name, ref, bytes, maxAttempts, lane, holdsLane } = row;
  return {
    id,
    kind,
    name,
    ref,
    bytes,
    maxAttempts,
    lane,
    holdsLane,
    headsLane: lane !== null,
    lease: FIRST_LEASE,
    attempt: 1,
    lostLeases: 0,
  };
}
