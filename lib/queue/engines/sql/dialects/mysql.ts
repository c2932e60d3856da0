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
  newJobValues,
  suspectLease,
} from './question-marks.js';
import { QueueDialect, SUSPECT_ATTEMPT, type Claim, type Rescue } from './queue.dialect.js';

/** Which lease of a job a change is for. */
type Lease = Pick<JobTransition, 'id' | 'lease' | 'leasedBy'>;

/**
 * MySQL 8.0 and MariaDB 10.6 have no `UPDATE … RETURNING`: rows are locked by a read that tells which
 * ones they are, and then changed. Rows are locked in the order of their ids, so that two transactions
 * never wait for each other.
 *
 * @internal
 */
export class MysqlQueueDialect extends QueueDialect {
  /** @param table quoted name of the job table */
  constructor(private readonly table: string) {
    super();
  }

  override *insert(jobs: readonly JobRow[]): Steps<void> {
    for (const batch of batches(jobs)) {
      yield {
        sql: `INSERT INTO ${this.table}
          (${NEW_JOB_COLUMNS})
          VALUES ${rowPlaceholders(batch.length, 11)}`,
        parameters: batch.flatMap(newJobValues),
      };
    }
  }

  /** The limit stands in the statement, and each different statement is prepared once a connection. */
  override claimSize(room: number): number {
    return powerOfTwoWithin(room);
  }

  override *claim({ now, leaseUntil, leasedBy, limit, except = [] }: Claim): Steps<ClaimedJob[]> {
    // SKIP LOCKED: a row that another process is claiming in this moment is not waited for. The index is
    // forced: where much is due, a scan of the whole table would look cheaper, and lock more than it takes.
    const rows = yield {
      sql: `SELECT ${CLAIMED}, attempt + 1 AS attempt, state = 'running' AS was_lost
        FROM ${this.table} FORCE INDEX (webhook_job_due)
        WHERE due_at <= ?${andNotOf(except)} ORDER BY due_at LIMIT ${limit} FOR UPDATE SKIP LOCKED`,
      parameters: [now, ...except],
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
    const held = yield* this.hold(transitions);
    for (const batch of batches(transitions.filter(({ id }) => held.has(id)))) {
      // All of these rows are there, and locked: nothing is inserted.
      yield {
        sql: `INSERT INTO ${this.table}
          (id, state, due_at, rescue_at, attempt, lost_leases, last_error, finished_at,
            kind, name, ref, max_attempts, created_at)
          VALUES ${batch.map(() => "(?, ?, ?, ?, ?, ?, ?, ?, '', '', '', 0, 0)").join(', ')}
          ON DUPLICATE KEY UPDATE state = VALUES(state), due_at = VALUES(due_at),
            rescue_at = VALUES(rescue_at), attempt = VALUES(attempt),
            lost_leases = VALUES(lost_leases), finished_at = VALUES(finished_at),
            last_error = COALESCE(VALUES(last_error), last_error), leased_by = NULL`,
        parameters: batch.flatMap((transition) => [
          transition.id,
          transition.state,
          transition.dueAt,
          transition.rescueAt,
          transition.attempt,
          transition.lostLeases,
          transition.error,
          transition.finishedAt,
        ]),
      };
    }
    return held;
  }

  override *renew(
    jobs: readonly LeasedJob[],
    leasedBy: string,
    leaseUntil: number,
  ): Steps<Set<string>> {
    const held = yield* this.hold(jobs.map(({ id, lease }) => ({ id, lease, leasedBy })));
    for (const batch of batches([...held])) {
      yield {
        sql: `UPDATE ${this.table} SET due_at = ? WHERE id IN (${placeholders(batch.length)})`,
        parameters: [leaseUntil, ...batch],
      };
    }
    return held;
  }

  /** Locks those of the jobs that are still leased, each by that lease; returns their ids. */
  private *hold(leases: readonly Lease[]): Steps<Set<string>> {
    const wanted = new Map(leases.map((lease) => [lease.id, lease]));
    const held = new Set<string>();
    for (const batch of batches([...wanted.keys()].toSorted())) {
      const rows = yield {
        sql: `SELECT id, lease, leased_by FROM ${this.table}
          WHERE id IN (${placeholders(batch.length)}) AND state = 'running'
          ORDER BY id FOR UPDATE`,
        parameters: batch,
      };
      for (const { id, lease, leased_by: leasedBy } of rows) {
        const one = wanted.get(String(id));
        if (one?.lease === Number(lease) && one.leasedBy === leasedBy) held.add(one.id);
      }
    }
    return held;
  }
}
