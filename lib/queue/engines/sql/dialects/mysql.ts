import {
  batches,
  placeholders,
  powerOfTwoWithin,
  rowPlaceholders,
} from '../../../../database/batches.js';
import type { Steps } from '../../../../database/statement.js';
import type { ClaimedJob, JobRow, JobTransition, LeasedJob } from '../../../job.js';
import { toClaimedJob, toLeasedJob } from './claimed-row.js';
import {
  andNotOf,
  CLAIMED,
  NEW_JOB_COLUMNS,
  NEW_JOB_VALUES,
  newJobValues,
  suspectLease,
  transitionValues,
} from './question-marks.js';
import { QuestionMarkQueueDialect, type Line } from './question-mark.dialect.js';
import { SUSPECT_ATTEMPT, type Rescue, type Taker } from './queue.dialect.js';

/** The lease that a change needs. */
type Lease = Pick<JobTransition, 'id' | 'lease' | 'leasedBy'>;

/**
 * MySQL 8.0 and MariaDB 10.6 have no `UPDATE … RETURNING`: a read locks and returns the rows, and a second
 * statement changes them. It locks rows in the order of their ids, so that two transactions never deadlock.
 *
 * @internal
 */
export class MysqlQueueDialect extends QuestionMarkQueueDialect {
  /** A read that finds fewer rows than its limit locks the row behind them, too: the first one of the next line. */
  override readonly passesOverNeighbours = true;

  override *insert(jobs: readonly JobRow[]): Steps<void> {
    for (const batch of batches(jobs)) {
      yield {
        sql: `INSERT INTO ${this.table}
          (${NEW_JOB_COLUMNS})
          VALUES ${rowPlaceholders(batch.length, NEW_JOB_VALUES)}`,
        parameters: batch.flatMap(newJobValues),
      };
    }
  }

  /** The limit is part of the statement, and each connection prepares each different statement once. */
  override claimSize(room: number): number {
    return powerOfTwoWithin(room);
  }

  protected override *lease(
    { which, values }: Line,
    limit: number,
    { now, leaseUntil, leasedBy }: Taker,
  ): Steps<ClaimedJob[]> {
    // SKIP LOCKED: do not wait for a row that another process is claiming. FORCE INDEX: with many due jobs, a
    // scan of the whole table would look cheaper, and would lock more rows than it returns.
    const rows = yield {
      sql: `SELECT ${CLAIMED}, attempt + 1 AS attempt, state = 'running' AS was_lost
        FROM ${this.table} FORCE INDEX (webhook_job_share)
        WHERE ${which} AND due_at <= ? ORDER BY due_at LIMIT ${limit} FOR UPDATE SKIP LOCKED`,
      parameters: [...values, now],
    };
    const claimed = rows.map(toClaimedJob);
    for (const batch of batches(claimed)) {
      yield {
        sql: `UPDATE ${this.table}
          SET state = 'running', due_at = ?, leased_by = ?, lease = lease + 1
          WHERE id IN (${placeholders(batch.length)})`,
        parameters: [leaseUntil, leasedBy, ...batch.map(({ id }) => id)],
      };
    }
    return claimed;
  }

  override *hasSuspect(now: number, except: readonly string[] = []): Steps<boolean> {
    const rows = yield {
      sql: `SELECT id FROM ${this.table} FORCE INDEX (webhook_job_rescue)
        WHERE rescue_at <= ?${andNotOf(except)} ORDER BY rescue_at LIMIT 1`,
      parameters: [now, ...except],
    };
    return rows.length > 0;
  }

  override *claimSuspect(rescue: Rescue): Steps<LeasedJob | undefined> {
    const { now, except = [] } = rescue;
    const [row] = yield {
      sql: `SELECT ${CLAIMED}, ${SUSPECT_ATTEMPT} AS attempt
        FROM ${this.table} FORCE INDEX (webhook_job_rescue)
        WHERE rescue_at <= ?${andNotOf(except)} ORDER BY rescue_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
      parameters: [now, ...except],
    };
    if (row === undefined) return undefined;
    const job = toLeasedJob(row);
    yield suspectLease(this.table, job, rescue);
    return job;
  }

  override *transition(transitions: readonly JobTransition[]): Steps<Set<string>> {
    const leased = yield* this.lockLeased(transitions);
    for (const batch of batches(transitions.filter(({ id }) => leased.has(id)))) {
      // All of these rows exist, and are locked: nothing is inserted.
      yield {
        sql: `INSERT INTO ${this.table}
          (state, due_at, rescue_at, attempt, lost_leases, last_error, finished_at, share, id,
            kind, name, ref, max_attempts, created_at)
          VALUES ${batch.map(() => "(?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', '', 0, 0)").join(', ')}
          ON DUPLICATE KEY UPDATE state = VALUES(state), due_at = VALUES(due_at),
            rescue_at = VALUES(rescue_at), share = VALUES(share), attempt = VALUES(attempt),
            lost_leases = VALUES(lost_leases), finished_at = VALUES(finished_at),
            last_error = COALESCE(VALUES(last_error), last_error), leased_by = NULL`,
        parameters: batch.flatMap(transitionValues),
      };
    }
    return leased;
  }

  override *renew(
    jobs: readonly LeasedJob[],
    leasedBy: string,
    leaseUntil: number,
  ): Steps<Set<string>> {
    const leased = yield* this.lockLeased(jobs.map(({ id, lease }) => ({ id, lease, leasedBy })));
    for (const batch of batches([...leased])) {
      yield {
        sql: `UPDATE ${this.table} SET due_at = ? WHERE id IN (${placeholders(batch.length)})`,
        parameters: [leaseUntil, ...batch],
      };
    }
    return leased;
  }

  /** Locks those of the jobs that still have the given lease; returns their ids. */
  private *lockLeased(leases: readonly Lease[]): Steps<Set<string>> {
    const wanted = new Map(leases.map((lease) => [lease.id, lease]));
    const leased = new Set<string>();
    for (const batch of batches([...wanted.keys()].toSorted())) {
      const rows = yield {
        sql: `SELECT id, lease, leased_by FROM ${this.table}
          WHERE id IN (${placeholders(batch.length)}) AND state = 'running'
          ORDER BY id FOR UPDATE`,
        parameters: batch,
      };
      for (const { id, lease, leased_by: leasedBy } of rows) {
        const one = wanted.get(String(id));
        if (one?.lease === Number(lease) && one.leasedBy === leasedBy) leased.add(one.id);
      }
    }
    return leased;
  }
}
