import { batches, placeholders, rowPlaceholders } from '../../database/batches.js';
import type { Steps } from '../../database/statement.js';
import type { JobRow, JobTransition, LeasedJob } from '../job.js';
import { toLeasedJob } from './postgres.js';
import { QueueDialect, type Claim } from './queue.dialect.js';

/** Which attempt of a job a change is for. */
type Attempt = Pick<JobTransition, 'id' | 'attempt' | 'leasedBy'>;

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
          (id, kind, name, ref, state, due_at, attempt, max_attempts, leased_by, created_at)
          VALUES ${rowPlaceholders(batch.length, 10)}`,
        parameters: batch.flatMap((job) => [
          job.id,
          job.kind,
          job.name,
          job.ref,
          job.state,
          job.dueAt,
          job.attempt,
          job.maxAttempts,
          job.leasedBy,
          job.createdAt,
        ]),
      };
    }
  }

  override *claim({ now, leaseUntil, leasedBy, limit }: Claim): Steps<LeasedJob[]> {
    // SKIP LOCKED: a row that another process is claiming in this moment is not waited for. The index is
    // forced: where much is due, a scan of the whole table would look cheaper, and lock more than it takes.
    const rows = yield {
      sql: `SELECT id, kind, name, ref, attempt + 1 AS attempt, max_attempts
        FROM ${this.table} FORCE INDEX (webhook_job_due)
        WHERE due_at <= ? ORDER BY due_at LIMIT ${limit} FOR UPDATE SKIP LOCKED`,
      parameters: [now],
    };
    const claimed = rows.map(toLeasedJob);
    for (const batch of batches(claimed)) {
      yield {
        sql: `UPDATE ${this.table}
          SET state = 'running', due_at = ?, leased_by = ?, attempt = attempt + 1
          WHERE id IN (${placeholders(batch.length)})`,
        parameters: [leaseUntil, leasedBy, ...batch.map(({ id }) => id)],
      };
    }
    return claimed;
  }

  override *transition(transitions: readonly JobTransition[]): Steps<Set<string>> {
    const held = yield* this.hold(transitions);
    for (const batch of batches(transitions.filter(({ id }) => held.has(id)))) {
      // All of these rows are there, and locked: nothing is inserted.
      yield {
        sql: `INSERT INTO ${this.table}
          (id, state, due_at, max_attempts, last_error, finished_at,
            kind, name, ref, attempt, created_at)
          VALUES ${batch.map(() => "(?, ?, ?, ?, ?, ?, '', '', '', 0, 0)").join(', ')}
          ON DUPLICATE KEY UPDATE state = VALUES(state), due_at = VALUES(due_at),
            max_attempts = VALUES(max_attempts), finished_at = VALUES(finished_at),
            last_error = COALESCE(VALUES(last_error), last_error), leased_by = NULL`,
        parameters: batch.flatMap((transition) => [
          transition.id,
          transition.state,
          transition.dueAt,
          transition.maxAttempts,
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
    const held = yield* this.hold(jobs.map(({ id, attempt }) => ({ id, attempt, leasedBy })));
    for (const batch of batches([...held])) {
      yield {
        sql: `UPDATE ${this.table} SET due_at = ? WHERE id IN (${placeholders(batch.length)})`,
        parameters: [leaseUntil, ...batch],
      };
    }
    return held;
  }

  /** Locks those of the jobs that are still held, each for the attempt; returns their ids. */
  private *hold(attempts: readonly Attempt[]): Steps<Set<string>> {
    const wanted = new Map(attempts.map((attempt) => [attempt.id, attempt]));
    const held = new Set<string>();
    for (const batch of batches([...wanted.keys()].toSorted())) {
      const rows = yield {
        sql: `SELECT id, attempt, leased_by FROM ${this.table}
          WHERE id IN (${placeholders(batch.length)}) AND state = 'running'
          ORDER BY id FOR UPDATE`,
        parameters: batch,
      };
      for (const { id, attempt, leased_by: leasedBy } of rows) {
        const one = wanted.get(String(id));
        if (one?.attempt === Number(attempt) && one.leasedBy === leasedBy) held.add(one.id);
      }
    }
    return held;
  }
}
