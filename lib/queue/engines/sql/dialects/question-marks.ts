import { placeholders } from '../../../../database/batches.js';
import type { Statement } from '../../../../database/statement.js';
import type { JobRow, LeasedJob } from '../../../job.js';
import type { Rescue } from './queue.dialect.js';

// What the dialects have in common whose parameters are question marks, a value each.

/** What a job is inserted with. */
export const NEW_JOB_COLUMNS =
  'id, kind, name, ref, state, due_at, attempt, max_attempts, bytes, leased_by, created_at';

/** The values of {@link NEW_JOB_COLUMNS}. */
export function newJobValues(job: JobRow): (string | number | null)[] {
  return [
    job.id,
    job.kind,
    job.name,
    job.ref,
    job.state,
    job.dueAt,
    0,
    job.maxAttempts,
    job.bytes,
    job.leasedBy,
    job.createdAt,
  ];
}

/** What a claim gives of a job, besides its attempt: its lease is one more than the row's. */
export const CLAIMED = 'id, kind, name, ref, bytes, lease + 1 AS lease, max_attempts, lost_leases';

/** Leaves these kinds to other processes. Without any, the statement stays the one that most processes run. */
export function andNotOf(kinds: readonly string[]): string {
  return kinds.length === 0 ? '' : ` AND kind NOT IN (${placeholders(kinds.length)})`;
}

/**
 * Leases a suspect that was found and locked.
 *
 * @param table quoted name of the job table
 */
export function suspectLease(
  table: string,
  job: LeasedJob,
  { leaseUntil, leasedBy }: Rescue,
): Statement {
  return {
    sql: `UPDATE ${table} SET state = 'running', due_at = ?, leased_by = ?, lease = ?,
          rescue_at = NULL, attempt = ? WHERE id = ?`,
    parameters: [leaseUntil, leasedBy, job.lease, job.attempt, job.id],
  };
}
