import { placeholders } from '../../../../database/batches.js';
import type { Statement } from '../../../../database/statement.js';
import type { JobRow, JobTransition, LeasedJob } from '../../../job.js';
import { lineAfter, lineOf, type Rescue } from './queue.dialect.js';

// Shared by the dialects whose parameters are question marks, one for each value.

/** The columns of a new job. */
export const NEW_JOB_COLUMNS =
  'id, kind, name, ref, state, due_at, attempt, max_attempts, bytes, leased_by, created_at, share, lane, holds_lane';

/** How many columns those are. */
export const NEW_JOB_VALUES = 14;

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
    lineOf(job),
    job.lane,
    Number(job.holdsLane),
  ];
}

/** The columns of a new job that is plain (see `isPlain`). */
export const PLAIN_JOB_COLUMNS =
  'id, kind, name, ref, due_at, max_attempts, bytes, leased_by, created_at, state, attempt';

/** What is inserted into {@link PLAIN_JOB_COLUMNS}: values that are the same in each row are in the text. */
export const PLAIN_JOB_ROW = "(?, ?, ?, ?, ?, ?, ?, ?, ?, 'running', 0)";

/** The parameters of {@link PLAIN_JOB_ROW}. */
export function plainJobValues(job: JobRow): (string | number | null)[] {
  return [
    job.id,
    job.kind,
    job.name,
    job.ref,
    job.dueAt,
    job.maxAttempts,
    job.bytes,
    job.leasedBy,
    job.createdAt,
  ];
}

/** What a change of a job writes: state, due_at, rescue_at, attempt, lost_leases, last_error, finished_at, share, and id. */
export function transitionValues(transition: JobTransition): (string | number | null)[] {
  return [
    transition.state,
    transition.dueAt,
    transition.rescueAt,
    transition.attempt,
    transition.lostLeases,
    transition.error,
    transition.finishedAt,
    lineAfter(transition),
    transition.id,
  ];
}

/** The columns that a claim returns, besides the attempt; the new lease is one more than the row's. */
export const CLAIMED =
  'id, kind, name, ref, bytes, lease + 1 AS lease, max_attempts, lost_leases, share, lane, heads_lane, holds_lane';

/**
 * The lines with open jobs, when the first job of each is due, and when the first one that is not due yet. From
 * each line it jumps to the next: it reads a few entries of the index for each line, however many jobs they have.
 * Its two parameters are the time.
 *
 * @param table quoted name of the job table
 */
export function openShares(table: string): string {
  const first = (where: string): string =>
    `(SELECT MIN(job.due_at) FROM ${table} job WHERE ${where})`;
  return `WITH RECURSIVE ring(share) AS (
      SELECT MIN(job.share) FROM ${table} job WHERE job.share >= 0
      UNION ALL
      SELECT (SELECT MIN(job.share) FROM ${table} job WHERE job.share > ring.share)
        FROM ring WHERE ring.share IS NOT NULL)
    SELECT ring.share AS share, ${first('job.share = ring.share')} AS due_at,
        ${first('job.share = ring.share AND job.due_at > ?')} AS next_at
      FROM ring WHERE ring.share IS NOT NULL
    UNION ALL
    SELECT NULL, ${first('job.share IS NULL AND job.due_at IS NOT NULL')},
      ${first('job.share IS NULL AND job.due_at > ?')}`;
}

/** Leaves these kinds to other processes. Without kinds, all processes share one prepared statement. */
export function andNotOf(kinds: readonly string[]): string {
  return kinds.length === 0 ? '' : ` AND kind NOT IN (${placeholders(kinds.length)})`;
}

/**
 * The statement that leases a suspect, which must be locked.
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
