import { PostgresColumns } from '../../database/postgres-columns.js';
import type { Row, Statement, Steps } from '../../database/statement.js';
import type { JobRow, JobTransition, LeasedJob } from '../job.js';
import { QueueDialect, type Claim } from './queue.dialect.js';

/** What a job is inserted with. */
export const NEW_JOB = new PostgresColumns<JobRow>({
  id: ['uuid', (job) => job.id],
  kind: ['text', (job) => job.kind],
  name: ['text', (job) => job.name],
  ref: ['uuid', (job) => job.ref],
  state: ['text', (job) => job.state],
  due_at: ['bigint', (job) => job.dueAt],
  attempt: ['integer', (job) => job.attempt],
  max_attempts: ['integer', (job) => job.maxAttempts],
  leased_by: ['text', (job) => job.leasedBy],
  created_at: ['bigint', (job) => job.createdAt],
});

const ENDED = new PostgresColumns<JobTransition>({
  id: ['uuid', (transition) => transition.id],
  attempt: ['integer', (transition) => transition.attempt],
  leased_by: ['text', (transition) => transition.leasedBy],
  state: ['text', (transition) => transition.state],
  due_at: ['bigint', (transition) => transition.dueAt],
  max_attempts: ['integer', (transition) => transition.maxAttempts],
  error: ['text', (transition) => transition.error],
  finished_at: ['bigint', (transition) => transition.finishedAt],
});

const COMPLETED = new PostgresColumns<JobTransition>({
  id: ['uuid', (transition) => transition.id],
  attempt: ['integer', (transition) => transition.attempt],
  finished_at: ['bigint', (transition) => transition.finishedAt],
});

const HELD = new PostgresColumns<LeasedJob>({
  id: ['uuid', (job) => job.id],
  attempt: ['integer', (job) => job.attempt],
});

/**
 * One statement a group. Arrays are joined with `unnest`, never compared with `= ANY`: under the
 * generic plan of a prepared statement that falls to a sequential scan.
 *
 * @internal
 */
export class PostgresQueueDialect extends QueueDialect {
  /** @param table quoted name of the job table */
  constructor(private readonly table: string) {
    super();
  }

  override *insert(jobs: readonly JobRow[]): Steps<void> {
    yield {
      sql: `INSERT INTO ${this.table} (${NEW_JOB.names}) SELECT * FROM ${NEW_JOB.rows('job')}`,
      parameters: NEW_JOB.parameters(jobs),
    };
  }

  override *claim({ now, leaseUntil, leasedBy, limit }: Claim): Steps<LeasedJob[]> {
    // SKIP LOCKED: a row that another process is claiming in this moment is not waited for.
    const rows = yield {
      alone: true,
      replan: true,
      sql: `UPDATE ${this.table} AS job
        SET state = 'running', due_at = $2, leased_by = $3, attempt = job.attempt + 1
        FROM (SELECT id FROM ${this.table} WHERE due_at <= $1
          ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED) AS due
        WHERE job.id = due.id
        RETURNING job.id, job.kind, job.name, job.ref, job.attempt, job.max_attempts`,
      parameters: [now, leaseUntil, leasedBy, limit],
    };
    return rows.map(toLeasedJob);
  }

  override *transition(transitions: readonly JobTransition[]): Steps<Set<string>> {
    // Nearly all complete, under the lease of the one process that asks: there is little to say of each.
    const leasedBy = transitions[0]?.leasedBy ?? '';
    const completes = (transition: JobTransition): boolean =>
      transition.state === 'completed' && transition.leasedBy === leasedBy;
    const completed = transitions.filter(completes);
    const others = transitions.filter((transition) => !completes(transition));
    const isOneKind = completed.length === 0 || others.length === 0;
    const alone: Pick<Statement, 'alone'> = isOneKind ? { alone: true } : {};
    const rows: Row[] = [];
    if (completed.length > 0) {
      rows.push(...(yield { ...alone, ...this.completion(completed, leasedBy) }));
    }
    if (others.length > 0) rows.push(...(yield { ...alone, ...this.ending(others) }));
    return new Set(rows.map((row) => String(row['id'])));
  }

  override *renew(
    jobs: readonly LeasedJob[],
    leasedBy: string,
    leaseUntil: number,
  ): Steps<Set<string>> {
    const rows = yield {
      alone: true,
      replan: true,
      sql: `UPDATE ${this.table} AS job SET due_at = $3
        FROM ${HELD.rows('held')}
        WHERE job.id = held.id AND job.attempt = held.attempt
          AND job.leased_by = $4 AND job.state = 'running'
        RETURNING job.id`,
      parameters: [...HELD.parameters(jobs), leaseUntil, leasedBy],
    };
    return new Set(rows.map((row) => String(row['id'])));
  }

  private completion(transitions: readonly JobTransition[], leasedBy: string): Statement {
    return {
      replan: true,
      sql: `UPDATE ${this.table} AS job
        SET state = 'completed', due_at = NULL, finished_at = ended.finished_at, leased_by = NULL
        FROM ${COMPLETED.rows('ended')}
        WHERE job.id = ended.id AND job.attempt = ended.attempt
          AND job.leased_by = $${COMPLETED.count + 1} AND job.state = 'running'
        RETURNING job.id`,
      parameters: [...COMPLETED.parameters(transitions), leasedBy],
    };
  }

  private ending(transitions: readonly JobTransition[]): Statement {
    return {
      replan: true,
      sql: `UPDATE ${this.table} AS job
        SET state = ended.state, due_at = ended.due_at, max_attempts = ended.max_attempts,
          last_error = COALESCE(ended.error, job.last_error), finished_at = ended.finished_at,
          leased_by = NULL
        FROM ${ENDED.rows('ended')}
        WHERE job.id = ended.id AND job.attempt = ended.attempt
          AND job.leased_by = ended.leased_by AND job.state = 'running'
        RETURNING job.id`,
      parameters: ENDED.parameters(transitions),
    };
  }
}

/** The claimed row of any dialect. */
export function toLeasedJob(row: Row): LeasedJob {
  return {
    id: String(row['id']),
    kind: String(row['kind']),
    name: String(row['name']),
    ref: String(row['ref']),
    attempt: Number(row['attempt']),
    maxAttempts: Number(row['max_attempts']),
  };
}
