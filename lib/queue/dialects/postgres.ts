import type { Row, Steps } from '../../database/statement.js';
import type { JobRow, JobTransition, LeasedJob } from '../job.js';
import { QueueDialect, type Claim } from './queue.dialect.js';

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
      sql: `INSERT INTO ${this.table} (${JOB_COLUMNS}) SELECT * FROM ${jobRows(1)}`,
      parameters: jobParameters(jobs),
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
    const rows = yield {
      alone: true,
      replan: true,
      sql: `UPDATE ${this.table} AS job
        SET state = ended.state, due_at = ended.due_at, max_attempts = ended.max_attempts,
          last_error = COALESCE(ended.error, job.last_error), finished_at = ended.finished_at,
          leased_by = NULL
        FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::bigint[],
          $6::integer[], $7::text[], $8::bigint[])
          AS ended(id, attempt, leased_by, state, due_at, max_attempts, error, finished_at)
        WHERE job.id = ended.id AND job.attempt = ended.attempt
          AND job.leased_by = ended.leased_by AND job.state = 'running'
        RETURNING job.id`,
      parameters: [
        transitions.map((transition) => transition.id),
        transitions.map((transition) => transition.attempt),
        transitions.map((transition) => transition.leasedBy),
        transitions.map((transition) => transition.state),
        transitions.map((transition) => transition.dueAt),
        transitions.map((transition) => transition.maxAttempts),
        transitions.map((transition) => transition.error),
        transitions.map((transition) => transition.finishedAt),
      ],
    };
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
        FROM unnest($1::uuid[], $2::integer[]) AS held(id, attempt)
        WHERE job.id = held.id AND job.attempt = held.attempt
          AND job.leased_by = $4 AND job.state = 'running'
        RETURNING job.id`,
      parameters: [jobs.map((job) => job.id), jobs.map((job) => job.attempt), leaseUntil, leasedBy],
    };
    return new Set(rows.map((row) => String(row['id'])));
  }
}

/** What a job is inserted with. */
export const JOB_COLUMNS =
  'id, kind, name, ref, state, due_at, attempt, max_attempts, leased_by, created_at';

const JOB_TYPES = [
  'uuid',
  'text',
  'text',
  'uuid',
  'text',
  'bigint',
  'integer',
  'integer',
  'text',
  'bigint',
];

/**
 * Rows of {@link JOB_COLUMNS}, out of one array a column.
 *
 * @param first number of the first parameter
 */
export function jobRows(first: number): string {
  const arrays = JOB_TYPES.map((type, index) => `$${first + index}::${type}[]`);
  return `unnest(${arrays.join(', ')}) AS job(${JOB_COLUMNS})`;
}

/** The arrays of {@link jobRows}. */
export function jobParameters(jobs: readonly JobRow[]): unknown[] {
  return [
    jobs.map((job) => job.id),
    jobs.map((job) => job.kind),
    jobs.map((job) => job.name),
    jobs.map((job) => job.ref),
    jobs.map((job) => job.state),
    jobs.map((job) => job.dueAt),
    jobs.map((job) => job.attempt),
    jobs.map((job) => job.maxAttempts),
    jobs.map((job) => job.leasedBy),
    jobs.map((job) => job.createdAt),
  ];
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
