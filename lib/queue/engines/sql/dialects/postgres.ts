import type { PostgresColumns } from '../../../../database/postgres/postgres-columns.js';
import { fewRows, opaque } from '../../../../database/postgres/postgres-plan.js';
import type { Statement, Steps } from '../../../../database/statement.js';
import type { ClaimedJob, JobRow, JobTransition, LeasedJob } from '../../../job.js';
import { toClaimedJob, toLeasedJob } from './claimed-row.js';
import type { LaneDialect } from './lane.dialect.js';
import {
  arePlain,
  CLAIMED,
  COMPLETED,
  ENDED,
  LEASE,
  NEW_JOB,
  PLAIN_JOB,
  SHARE,
} from './postgres.columns.js';
import { finding, openShares, type Finding } from './postgres.finding.js';
import {
  changesLane,
  completes,
  QueueDialect,
  toOpenShare,
  type Claim,
  type OpenShare,
  type Rescue,
  type UnsharedClaim,
} from './queue.dialect.js';

/**
 * One statement for each group, which joins arrays by `unnest`. The texts are built once.
 *
 * @internal
 */
export class PostgresQueueDialect extends QueueDialect {
  private readonly insertion: string;
  private readonly plainInsertion: string;
  private readonly looking: string;
  private readonly claiming: string;
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
    this.looking = openShares(table);
    // SKIP LOCKED: do not wait for a row that another process is claiming. In the order of lines: by due time alone,
    // PostgreSQL would read those of other lines, too.
    this.claiming = `UPDATE ${table} AS job
      SET state = 'running', due_at = $2, leased_by = $3, lease = job.lease + 1
      FROM (SELECT one.id, one.was_lost FROM ${SHARE.rows('line', 4)} CROSS JOIN LATERAL (
        SELECT id, state = 'running' AS was_lost FROM ${table}
        WHERE share >= line.share AND (share, due_at) <= (line.share, $1)
        ORDER BY share, due_at LIMIT $5 FOR UPDATE SKIP LOCKED) AS one) AS due
      WHERE job.id = due.id AND ${fewRows('due.id')}
      RETURNING ${CLAIMED}, job.attempt + 1 AS attempt, due.was_lost`;
    this.finding = finding(table, () => '');
    this.findingSome = finding(table, (except) => ` AND kind <> ALL(${except})`);
    this.completion = `UPDATE ${table} AS job
      SET state = 'completed', due_at = NULL, finished_at = given.finished_at, leased_by = NULL,
        attempt = given.attempt, lost_leases = 0, share = NULL
      FROM ${COMPLETED.keys('given')} WHERE ${hasLease(`$${COMPLETED.count + 1}`)} RETURNING job.id`;
    this.ending = `UPDATE ${table} AS job
      SET state = given.state, due_at = given.due_at, rescue_at = given.rescue_at,
        attempt = given.attempt, lost_leases = given.lost_leases,
        last_error = COALESCE(given.error, job.last_error), finished_at = given.finished_at,
        leased_by = NULL, share = given.share
      FROM ${ENDED.keys('given')} WHERE ${hasLease('given.leased_by')} RETURNING job.id`;
    this.renewal = `UPDATE ${table} AS job SET due_at = $${LEASE.count + 2}
      FROM ${LEASE.keys('given')} WHERE ${hasLease(`$${LEASE.count + 1}`)} RETURNING job.id`;
  }

  override *insert(jobs: readonly JobRow[]): Steps<void> {
    yield arePlain(jobs)
      ? { sql: this.plainInsertion, parameters: PLAIN_JOB.parameters(jobs) }
      : { sql: this.insertion, parameters: NEW_JOB.parameters(jobs) };
  }

  override *look(now: number): Steps<OpenShare[]> {
    return (yield { alone: true, sql: this.looking, parameters: [now] }).map(toOpenShare);
  }

  override *claim({ now, leaseUntil, leasedBy, shares, each }: Claim): Steps<ClaimedJob[]> {
    const rows = yield {
      alone: true,
      sql: this.claiming,
      parameters: [now, leaseUntil, leasedBy, ...SHARE.parameters(shares), each],
    };
    return rows.map(toClaimedJob);
  }

  override *claimUnshared(claim: UnsharedClaim): Steps<ClaimedJob[]> {
    const { now, leaseUntil, leasedBy, limit, except = [] } = claim;
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
    // Nearly all jobs are leased by this process.
    const leasedBy = transitions[0]?.leasedBy ?? '';
    const isShort = (one: JobTransition): boolean => completes(one) && one.leasedBy === leasedBy;
    const completed = transitions.filter(isShort);
    const others = transitions.filter((transition) => !isShort(transition));
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
