import { PostgresColumns } from '../../database/postgres-columns.js';
import { fewRows, opaque } from '../../database/postgres-plan.js';
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

const COMPLETED = ENDED.only('id', 'attempt', 'finished_at');

const HELD = new PostgresColumns<LeasedJob>({
  id: ['uuid', (job) => job.id],
  attempt: ['integer', (job) => job.attempt],
});

/**
 * One statement a group, with arrays that are joined by `unnest`. Texts are put together once.
 *
 * @internal
 */
export class PostgresQueueDialect extends QueueDialect {
  private readonly insertion: string;
  private readonly claiming: string;
  private readonly completion: string;
  private readonly ending: string;
  private readonly renewal: string;

  /** @param table quoted name of the job table */
  constructor(table: string) {
    super();
    this.insertion = `INSERT INTO ${table} (${NEW_JOB.names}) SELECT * FROM ${NEW_JOB.rows('job')}`;
    // SKIP LOCKED: a row that another process is claiming in this moment is not waited for.
    this.claiming = `UPDATE ${table} AS job
      SET state = 'running', due_at = $2, leased_by = $3, attempt = job.attempt + 1
      FROM (SELECT id FROM ${table} WHERE due_at <= $1
        ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED) AS due
      WHERE job.id = due.id AND ${fewRows('due.id')}
      RETURNING job.id, job.kind, job.name, job.ref, job.attempt, job.max_attempts`;
    this.completion = `UPDATE ${table} AS job
      SET state = 'completed', due_at = NULL, finished_at = given.finished_at, leased_by = NULL
      FROM ${COMPLETED.keys('given')} WHERE ${heldBy(`$${COMPLETED.count + 1}`)} RETURNING job.id`;
    this.ending = `UPDATE ${table} AS job
      SET state = given.state, due_at = given.due_at, max_attempts = given.max_attempts,
        last_error = COALESCE(given.error, job.last_error), finished_at = given.finished_at,
        leased_by = NULL
      FROM ${ENDED.keys('given')} WHERE ${heldBy('given.leased_by')} RETURNING job.id`;
    this.renewal = `UPDATE ${table} AS job SET due_at = $${HELD.count + 2}
      FROM ${HELD.keys('given')} WHERE ${heldBy(`$${HELD.count + 1}`)} RETURNING job.id`;
  }

  override *insert(jobs: readonly JobRow[]): Steps<void> {
    yield { sql: this.insertion, parameters: NEW_JOB.parameters(jobs) };
  }

  override *claim({ now, leaseUntil, leasedBy, limit }: Claim): Steps<LeasedJob[]> {
    const rows = yield {
      alone: true,
      sql: this.claiming,
      parameters: [now, leaseUntil, leasedBy, limit],
    };
    return rows.map(toLeasedJob);
  }

  override *transition(transitions: readonly JobTransition[]): Steps<Set<string>> {
    // Nearly all complete, under the lease of the one process that asks: there is little to say of each.
    const leasedBy = transitions[0]?.leasedBy ?? '';
    const completes = ({ state, error, leasedBy: holder }: JobTransition): boolean =>
      state === 'completed' && error === null && holder === leasedBy;
    const completed = transitions.filter(completes);
    const others = transitions.filter((transition) => !completes(transition));
    const statements: Omit<Statement, 'alone'>[] = [];
    if (completed.length > 0) {
      const parameters = [...COMPLETED.parameters(completed), leasedBy];
      statements.push({ sql: this.completion, parameters });
    }
    if (others.length > 0) {
      statements.push({ sql: this.ending, parameters: ENDED.parameters(others) });
    }
    const changed = new Set<string>();
    for (const statement of statements) {
      const rows = yield statements.length === 1 ? { ...statement, alone: true } : statement;
      for (const { id } of rows) changed.add(String(id));
    }
    return changed;
  }

  override *renew(
    jobs: readonly LeasedJob[],
    leasedBy: string,
    leaseUntil: number,
  ): Steps<Set<string>> {
    const rows = yield {
      alone: true,
      sql: this.renewal,
      parameters: [...HELD.parameters(jobs), leasedBy, leaseUntil],
    };
    return new Set(rows.map((row) => String(row['id'])));
  }
}

/** The fence: whether a `job` is still held, for the attempt that is `given`, by that process. */
function heldBy(leasedBy: string): string {
  const isHeld = `job.attempt = given.attempt AND job.leased_by = ${leasedBy} AND job.state = 'running'`;
  return `job.id = given.id AND ${opaque(isHeld)}`;
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
