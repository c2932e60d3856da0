import { fewRows } from '../../../../database/postgres/postgres-plan.js';
import { CLAIMED } from './postgres.columns.js';
import { SUSPECT_ATTEMPT } from './queue.dialect.js';

/** The statements that find suspects, and due jobs that stand in no line. */
export interface Finding {
  readonly claiming: string;
  readonly looking: string;
  readonly rescuing: string;
}

/** @param andOnly a further condition, given the parameter after the statement's others */
export function finding(table: string, andOnly: (parameter: string) => string): Finding {
  return {
    // SKIP LOCKED: do not wait for a row that another process is claiming.
    claiming: `UPDATE ${table} AS job
      SET state = 'running', due_at = $2, leased_by = $3, lease = job.lease + 1
      FROM (SELECT id, state = 'running' AS was_lost FROM ${table}
        WHERE share IS NULL AND due_at <= $1${andOnly('$5')}
        ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED) AS due
      WHERE job.id = due.id AND ${fewRows('due.id')}
      RETURNING ${CLAIMED}, job.attempt + 1 AS attempt, due.was_lost`,
    looking: `SELECT id FROM ${table} WHERE rescue_at <= $1${andOnly('$2')} ORDER BY rescue_at LIMIT 1`,
    rescuing: `UPDATE ${table} AS job
      SET state = 'running', due_at = $2, leased_by = $3, lease = job.lease + 1, rescue_at = NULL,
        attempt = ${SUSPECT_ATTEMPT}
      FROM (SELECT id FROM ${table} WHERE rescue_at <= $1${andOnly('$4')}
        ORDER BY rescue_at LIMIT 1 FOR UPDATE SKIP LOCKED) AS due
      WHERE job.id = due.id AND ${fewRows('due.id')}
      RETURNING ${CLAIMED}, job.attempt`,
  };
}

/**
 * The lines with open jobs, when the first job of each is due, and when the first one that is not due yet. From
 * each line it jumps to the next: it reads a few entries of the index for each line, however many jobs they have.
 */
export function openShares(table: string): string {
  const next = (after: string): string =>
    `(SELECT job.share FROM ${table} AS job WHERE job.share ${after} ORDER BY job.share LIMIT 1)`;
  // In the order of lines: by due time alone, PostgreSQL would read those of other lines first, a million at times.
  const inLine = (after: string): string =>
    `(SELECT CASE WHEN one.share = ring.share THEN one.due_at END FROM (
        SELECT job.share, job.due_at FROM ${table} AS job WHERE job.share >= ring.share${after}
        ORDER BY job.share, job.due_at LIMIT 1) AS one)`;
  const inNone = (where: string): string =>
    `(SELECT job.due_at FROM ${table} AS job WHERE job.share IS NULL AND ${where} ORDER BY job.due_at LIMIT 1)`;
  return `WITH RECURSIVE ring(share) AS (
      SELECT ${next('>= 0')}
      UNION ALL
      SELECT ${next('> ring.share')} FROM ring WHERE ring.share IS NOT NULL)
    SELECT ring.share, ${inLine('')} AS due_at,
      ${inLine(' AND (job.share, job.due_at) > (ring.share, $1)')} AS next_at
      FROM ring WHERE ring.share IS NOT NULL
    UNION ALL SELECT NULL, ${inNone('job.due_at IS NOT NULL')}, ${inNone('job.due_at > $1')}`;
}
