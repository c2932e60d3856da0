import type { Steps } from '../../database/statement.js';
import type { JobRow, JobTransition, LeasedJob } from '../job.js';
import { toLeasedJob } from './postgres.js';
import { QueueDialect, type Claim } from './queue.dialect.js';

/**
 * Prepared statements, run row by row inside of one transaction: SQLite has no round trip to save.
 *
 * @internal
 */
export class SqliteQueueDialect extends QueueDialect {
  /** @param table quoted name of the job table */
  constructor(private readonly table: string) {
    super();
  }

  override *insert(jobs: readonly JobRow[]): Steps<void> {
    for (const job of jobs) {
      yield {
        sql: `INSERT INTO ${this.table}
          (id, kind, name, ref, state, due_at, attempt, max_attempts, leased_by, created_at)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        parameters: [
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
        ],
      };
    }
  }

  override *claim({ now, leaseUntil, leasedBy, limit }: Claim): Steps<LeasedJob[]> {
    // The write lock of the transaction keeps other processes out until it ends.
    const rows = yield {
      sql: `UPDATE ${this.table}
        SET state = 'running', due_at = ?, leased_by = ?, attempt = attempt + 1
        WHERE id IN (SELECT id FROM ${this.table} WHERE due_at <= ? ORDER BY due_at LIMIT ?)
        RETURNING id, kind, name, ref, attempt, max_attempts`,
      parameters: [leaseUntil, leasedBy, now, limit],
    };
    return rows.map(toLeasedJob);
  }

  override *transition(transitions: readonly JobTransition[]): Steps<Set<string>> {
    const changed = new Set<string>();
    for (const transition of transitions) {
      const [answer] = yield {
        counted: true,
        sql: `UPDATE ${this.table}
          SET state = ?, due_at = ?, max_attempts = ?, last_error = COALESCE(?, last_error),
            finished_at = ?, leased_by = NULL
          WHERE id = ? AND attempt = ? AND leased_by = ? AND state = 'running'`,
        parameters: [
          transition.state,
          transition.dueAt,
          transition.maxAttempts,
          transition.error,
          transition.finishedAt,
          transition.id,
          transition.attempt,
          transition.leasedBy,
        ],
      };
      if (answer?.['changed'] === 1) changed.add(transition.id);
    }
    return changed;
  }

  override *renew(
    jobs: readonly LeasedJob[],
    leasedBy: string,
    leaseUntil: number,
  ): Steps<Set<string>> {
    const held = new Set<string>();
    for (const job of jobs) {
      const [answer] = yield {
        counted: true,
        sql: `UPDATE ${this.table} SET due_at = ?
          WHERE id = ? AND attempt = ? AND leased_by = ? AND state = 'running'`,
        parameters: [leaseUntil, job.id, job.attempt, leasedBy],
      };
      if (answer?.['changed'] === 1) held.add(job.id);
    }
    return held;
  }
}
