import { PostgresColumns } from '../../../../database/postgres/postgres-columns.js';
import { fewRows, opaque } from '../../../../database/postgres/postgres-plan.js';
import type { Statement, Steps } from '../../../../database/statement.js';
import type { ClaimedJob, JobRow, JobTransition, LeasedJob } from '../../../job.js';
import { toClaimedJob, toLeasedJob } from './claimed-row.js';
import type { LaneDialect } from './lane.dialect.js';
import {
  changesLane,
  QueueDialect,
  SUSPECT_ATTEMPT,
  type Claim,
  type Rescue,
} from './queue.dialect.js';

/** The columns of a new job; most jobs need only {@link PLAIN_JOB}. */
export const NEW_JOB = new PostgresColumns<JobRow>({
  id: ['uuid', (job) => job.id],
  kind: ['text', (job) => job.kind],
  name: ['text', (job) => job.name],
  ref: ['uuid', (job) => job.ref],
  state: ['text', (job) => job.state],
  due_at: ['bigint', (job) => job.dueAt],
  attempt: ['integer', () => 0],
  max_attempts: ['integer', (job) => job.maxAttempts],
  bytes: ['integer', (job) => job.bytes],
  leased_by: ['text', (job) => job.leasedBy],
  created_at: ['bigint', (job) => job.createdAt],
  lane: ['text', (job) => job.lane],
  holds_lane: ['boolean', (job) => Number(job.holdsLane)],
});

/** The columns of a new job without a lane. */
export const PLAIN_JOB = NEW_JOB.without('lane', 'holds_lane');

const ENDED = new PostgresColumns<JobTransition>({
  id: ['uuid', (transition) => transition.id],
  lease: ['integer', (transition) => transition.lease],
  leased_by: ['text', (transition) => transition.leasedBy],
  state: ['text', (transition) => transition.state],
  due_at: ['bigint', (transition) => transition.dueAt],
  rescue_at: ['bigint', (transition) => transition.rescueAt],
  attempt: ['integer', (transition) => transition.attempt],
  lost_leases: ['integer', (transition) => transition.lostLeases],
  error: ['text', (transition) => transition.error],
  finished_at: ['bigint', (transition) => transition.finishedAt],
});

const COMPLETED = ENDED.only('id', 'lease', 'attempt', 'finished_at');

/** The columns that a claim returns, besides the attempt. */
const CLAIMED = [
  'id',
  'kind',
  'name',
  'ref',
  'bytes',
  'lease',
  'max_attempts',
  'lost_leases',
  'lane',
  'heads_lane',
  'holds_lane',
]
  .map((column) => `job.${column}`)
  .join(', ');

const LEASE = new PostgresColumns<LeasedJob>({
  id: ['uuid', (job) => job.id],
  lease: ['integer', (job) => job.lease],
});

/**
 * One statement for each group, which joins arrays by `unnest`. The texts are built once.
 *
 * @internal
 */
export class PostgresQueueDialect extends QueueDialect {
  private readonly insertion: string;
  private readonly plainInsertion: string;
  private readonly finding: Finding;
  private readonly findingSome: Finding;
  private readonly completion: string;
  private readonly ending: string;
  private readonly renewal: string;

  /** @param table quoted name of the job table */
  constructor(table: string, lanes: LaneDialect) {
    super(lanes);
    this.insertion = insertion(table, NEW_JOB);
    this.plainInsertion = insertion(table, PLAIN_JOB);
    this.finding = finding(table, () => '');
    this.findingSome = finding(table, (except) => ` AND kind <> ALL(${except})`);
    this.completion = `UPDATE ${table} AS job
      SET state = 'completed', due_at = NULL, finished_at = given.finished_at, leased_by = NULL,
        attempt = given.attempt, lost_leases = 0
      FROM ${COMPLETED.keys('given')} WHERE ${hasLease(`$${COMPLETED.count + 1}`)} RETURNING job.id`;
    this.ending = `UPDATE ${table} AS job
      SET state = given.state, due_at = given.due_at, rescue_at = given.rescue_at,
        attempt = given.attempt, lost_leases = given.lost_leases,
        last_error = COALESCE(given.error, job.last_error), finished_at = given.finished_at,
        leased_by = NULL
      FROM ${ENDED.keys('given')} WHERE ${hasLease('given.leased_by')} RETURNING job.id`;
    this.renewal = `UPDATE ${table} AS job SET due_at = $${LEASE.count + 2}
      FROM ${LEASE.keys('given')} WHERE ${hasLease(`$${LEASE.count + 1}`)} RETURNING job.id`;
  }

  override *insert(jobs: readonly JobRow[]): Steps<void> {
    yield hasLanes(jobs)
      ? { sql: this.insertion, parameters: NEW_JOB.parameters(jobs) }
      : { sql: this.plainInsertion, parameters: PLAIN_JOB.parameters(jobs) };
  }

  override *claim({ now, leaseUntil, leasedBy, limit, except = [] }: Claim): Steps<ClaimedJob[]> {
    const rows = yield {
      alone: true,
      sql: this.findingBut(except).claiming,
      parameters: [now, leaseUntil, leasedBy, limit, ...listed(except)],
    };
    return rows.map(toClaimedJob);
  }

  override *hasSuspect(now: number, except: readonly string[] = []): Steps<boolean> {
    const rows = yield {
      alone: true,
      sql: this.findingBut(except).looking,
      parameters: [now, ...listed(except)],
    };
    return rows.length > 0;
  }

  override *claimSuspect({
    now,
    leaseUntil,
    leasedBy,
    except = [],
  }: Rescue): Steps<LeasedJob | undefined> {
    const [row] = yield {
      alone: true,
      sql: this.findingBut(except).rescuing,
      parameters: [now, leaseUntil, leasedBy, ...listed(except)],
    };
    return row === undefined ? undefined : toLeasedJob(row);
  }

  override *transition(transitions: readonly JobTransition[]): Steps<Set<string>> {
    // Nearly all jobs complete, leased by this process: their statement needs few columns.
    const leasedBy = transitions[0]?.leasedBy ?? '';
    const completes = ({ state, error, leasedBy: holder }: JobTransition): boolean =>
      state === 'completed' && error === null && holder === leasedBy;
    const completed = transitions.filter(completes);
    const others = transitions.filter((transition) => !completes(transition));
    const statements: Omit<Statement, 'alone'>[] = [];
    if (completed.length > 0) {
      const parameters = [...COMPLETED.parameters(inOrder(completed)), leasedBy];
      statements.push({ sql: this.completion, parameters });
    }
    if (others.length > 0) {
      statements.push({ sql: this.ending, parameters: ENDED.parameters(inOrder(others)) });
    }
    // The statements of lanes follow.
    const isOnly = statements.length === 1 && !transitions.some(changesLane);
    const changed = new Set<string>();
    for (const statement of statements) {
      const rows = yield isOnly ? { ...statement, alone: true } : statement;
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
      parameters: [...LEASE.parameters(inOrder(jobs)), leasedBy, leaseUntil],
    };
    return new Set(rows.map((row) => String(row['id'])));
  }

  private findingBut(except: readonly string[]): Finding {
    return except.length === 0 ? this.finding : this.findingSome;
  }
}

function insertion(table: string, columns: PostgresColumns<JobRow>): string {
  return `INSERT INTO ${table} (${columns.names}) SELECT * FROM ${columns.rows('job')}`;
}

/** Whether one of the new jobs has a lane. */
export function hasLanes(jobs: readonly JobRow[]): boolean {
  return jobs.some(({ lane }) => lane !== null);
}

/** The statements that find due jobs and suspects. */
interface Finding {
  readonly claiming: string;
  readonly looking: string;
  readonly rescuing: string;
}

/** @param andOnly a further condition, given the parameter after the statement's others */
function finding(table: string, andOnly: (parameter: string) => string): Finding {
  return {
    // SKIP LOCKED: do not wait for a row that another process is claiming.
    claiming: `UPDATE ${table} AS job
      SET state = 'running', due_at = $2, leased_by = $3, lease = job.lease + 1
      FROM (SELECT id, state = 'running' AS was_lost FROM ${table} WHERE due_at <= $1${andOnly('$5')}
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

/** The parameter with the kinds that are left to other processes; no parameter without kinds. */
function listed(kinds: readonly string[]): readonly (readonly string[])[] {
  return kinds.length === 0 ? [] : [kinds];
}

/**
 * The order in which rows are locked, so that a renewal and a completion of the same jobs cannot deadlock.
 */
function inOrder<Item extends { readonly id: string }>(items: readonly Item[]): Item[] {
  return items.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** The fence: whether a `job` still has the `given` lease, and to that process. */
function hasLease(leasedBy: string): string {
  const isLeased = `job.lease = given.lease AND job.leased_by = ${leasedBy} AND job.state = 'running'`;
  return `job.id = given.id AND ${opaque(isLeased)}`;
}
