import { rowPlaceholders } from '../../../../database/batches.js';
import type { Statement, Steps } from '../../../../database/statement.js';
import type { ClaimedJob, JobRow, JobTransition, LeasedJob } from '../../../job.js';
import { toClaimedJob, toLeasedJob } from './claimed-row.js';
import {
  andNotOf,
  CLAIMED,
  NEW_JOB_COLUMNS,
  NEW_JOB_VALUES,
  newJobValues,
  PLAIN_JOB_COLUMNS,
  PLAIN_JOB_ROW,
  plainJobValues,
  suspectLease,
  transitionValues,
} from './question-marks.js';
import type { LaneDialect } from './lane.dialect.js';
import { QuestionMarkQueueDialect, type Line } from './question-mark.dialect.js';
import { completes, isPlain, SUSPECT_ATTEMPT, type Rescue, type Taker } from './queue.dialect.js';

/**
 * Prepared statements, run row by row inside of one transaction: SQLite has no round trip to save.
 *
 * @internal
 */
export class SqliteQueueDialect extends QuestionMarkQueueDialect {
  // Texts for each job are built once: a new text would need a new hash each time.
  private readonly insertion: string;
  private readonly plainInsertion: string;
  private readonly update: string;
  private readonly completion: string;
  private readonly renewal: string;

  /** @param table quoted name of the job table */
  constructor(table: string, lanes: LaneDialect) {
    super(table, lanes);
    this.insertion = `INSERT INTO ${table}
      (${NEW_JOB_COLUMNS})
      VALUES ${rowPlaceholders(1, NEW_JOB_VALUES)}`;
    this.plainInsertion = `INSERT INTO ${table} (${PLAIN_JOB_COLUMNS}) VALUES ${PLAIN_JOB_ROW}`;
    this.update = `UPDATE ${table}
      SET state = ?, due_at = ?, rescue_at = ?, attempt = ?, lost_leases = ?,
        last_error = COALESCE(?, last_error), finished_at = ?, leased_by = NULL,
        share = ?
      WHERE id = ? AND lease = ? AND leased_by = ? AND state = 'running'`;
    this.completion = `UPDATE ${table}
      SET state = 'completed', due_at = NULL, attempt = ?, lost_leases = 0, finished_at = ?,
        leased_by = NULL, share = NULL
      WHERE id = ? AND lease = ? AND leased_by = ? AND state = 'running'`;
    this.renewal = `UPDATE ${table} SET due_at = ?
      WHERE id = ? AND lease = ? AND leased_by = ? AND state = 'running'`;
  }

  override *insert(jobs: readonly JobRow[]): Steps<void> {
    for (const job of jobs) {
      yield isPlain(job)
        ? { sql: this.plainInsertion, parameters: plainJobValues(job) }
        : { sql: this.insertion, parameters: newJobValues(job) };
    }
  }

  protected override *lease(
    { which, values }: Line,
    limit: number,
    { now, leaseUntil, leasedBy }: Taker,
  ): Steps<ClaimedJob[]> {
    // The write lock of the transaction keeps other processes out until it ends: both statements see the same
    // rows. RETURNING would not give the state before.
    const due = `FROM ${this.table} WHERE ${which} AND due_at <= ? ORDER BY due_at, rowid LIMIT ?`;
    const rows = yield {
      sql: `SELECT ${CLAIMED}, attempt + 1 AS attempt, state = 'running' AS was_lost ${due}`,
      parameters: [...values, now, limit],
    };
    if (rows.length === 0) return [];
    yield {
      sql: `UPDATE ${this.table}
        SET state = 'running', due_at = ?, leased_by = ?, lease = lease + 1
        WHERE id IN (SELECT id ${due})`,
      parameters: [leaseUntil, leasedBy, ...values, now, limit],
    };
    return rows.map(toClaimedJob);
  }

  override *hasSuspect(now: number, except: readonly string[] = []): Steps<boolean> {
    const rows = yield {
      sql: `SELECT id FROM ${this.table} WHERE rescue_at <= ?${andNotOf(except)} ORDER BY rescue_at LIMIT 1`,
      parameters: [now, ...except],
    };
    return rows.length > 0;
  }

  override *claimSuspect(rescue: Rescue): Steps<LeasedJob | undefined> {
    const { now, except = [] } = rescue;
    const [row] = yield {
      sql: `SELECT ${CLAIMED}, ${SUSPECT_ATTEMPT} AS attempt
        FROM ${this.table} WHERE rescue_at <= ?${andNotOf(except)} ORDER BY rescue_at LIMIT 1`,
      parameters: [now, ...except],
    };
    if (row === undefined) return undefined;
    const job = toLeasedJob(row);
    yield suspectLease(this.table, job, rescue);
    return job;
  }

  override *transition(transitions: readonly JobTransition[]): Steps<Set<string>> {
    const changed = new Set<string>();
    for (const transition of transitions) {
      const [answer] = yield completes(transition)
        ? this.completed(transition)
        : this.changed(transition);
      if (answer?.['changed'] === 1) changed.add(transition.id);
    }
    return changed;
  }

  override *renew(
    jobs: readonly LeasedJob[],
    leasedBy: string,
    leaseUntil: number,
  ): Steps<Set<string>> {
    const renewed = new Set<string>();
    for (const job of jobs) {
      const [answer] = yield {
        counted: true,
        sql: this.renewal,
        parameters: [leaseUntil, job.id, job.lease, leasedBy],
      };
      if (answer?.['changed'] === 1) renewed.add(job.id);
    }
    return renewed;
  }

  private completed({ attempt, finishedAt, id, lease, leasedBy }: JobTransition): Statement {
    const parameters = [attempt, finishedAt, id, lease, leasedBy];
    return { counted: true, sql: this.completion, parameters };
  }

  private changed(transition: JobTransition): Statement {
    const { lease, leasedBy } = transition;
    const parameters = [...transitionValues(transition), lease, leasedBy];
    return { counted: true, sql: this.update, parameters };
  }
}
