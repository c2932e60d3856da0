import { batches, placeholders, rowPlaceholders } from '../../../../database/batches.js';
import type { Steps } from '../../../../database/statement.js';
import { WAITS_IN_LANE } from '../../../job.js';
import {
  LaneDialect,
  sharesOf,
  toInLane,
  toLockedLane,
  type Candidate,
  type InLane,
  type LaneTransaction,
  type LockedLane,
  type Moved,
} from './lane.dialect.js';
import type { LaneTables } from './lane.tables.js';

/** What differs between the databases whose parameters are question marks. */
export interface LaneSyntax {
  /** The end of an insert that keeps and locks a row with the same key, by setting this column to itself. */
  orKeep(column: 'head' | 'job_id'): string;
  /** The end of an insert that gives a row with the same key the new value of the column. */
  orReplace(column: 'head'): string;
  /** The condition that a waiting job is one of some, each given by its lane and its id. */
  isOneOf(count: number): string;
  /** Locks what a read finds, and reads what was committed last. */
  readonly locked: string;
  /** Has a read find rows by the primary key: a scan of a small table would wait for the locks of others. */
  readonly byKey: string;
}

/**
 * Lists of placeholders, in batches.
 *
 * @internal
 */
export class QuestionMarkLaneDialect extends LaneDialect {
  constructor(
    private readonly tables: LaneTables,
    private readonly syntax: LaneSyntax,
  ) {
    super();
  }

  override *enter(jobs: readonly InLane[]): Steps<void> {
    for (const batch of batches(jobs)) {
      yield {
        sql: `INSERT INTO ${this.tables.waiting} (lane, job_id)
          VALUES ${rowPlaceholders(batch.length, 2)} ${this.syntax.orKeep('job_id')}`,
        parameters: batch.flatMap(({ lane, id }) => [lane, id]),
      };
    }
  }

  override *move(jobs: readonly Moved[]): Steps<void> {
    for (const { id, lane, holdsLane } of jobs) {
      yield {
        sql: `UPDATE ${this.tables.job} SET lane = ?, heads_lane = FALSE, holds_lane = ? WHERE id = ?`,
        parameters: [lane, Number(holdsLane), id],
      };
    }
  }

  protected override *take(firsts: readonly InLane[]): Steps<void> {
    for (const batch of batches(firsts)) {
      yield {
        sql: `INSERT INTO ${this.tables.lane} (lane, head)
          VALUES ${rowPlaceholders(batch.length, 2)} ${this.syntax.orKeep('head')}`,
        parameters: batch.flatMap(({ lane, id }) => [lane, id]),
      };
    }
  }

  protected override *lock(lanes: readonly InLane[]): Steps<void> {
    if (this.syntax.locked === '') return;
    for (const batch of batches(lanes)) {
      yield {
        sql: `SELECT lane FROM ${this.tables.lane} ${this.syntax.byKey}
          WHERE lane IN (${placeholders(batch.length)}) ORDER BY lane ${this.syntax.locked}`,
        parameters: batch.map(({ lane }) => lane),
      };
    }
  }

  protected override *look(
    lanes: readonly InLane[],
    transaction: LaneTransaction,
  ): Steps<LockedLane[]> {
    const { job, lane, waiting } = this.tables;
    // In a transaction of its own, a plain read sees what is committed, and does not wait for hosts that add
    // jobs.
    const locked = transaction === 'own' ? '' : this.syntax.locked;
    const found: LockedLane[] = [];
    for (const batch of batches(lanes)) {
      const rows = yield {
        sql: `SELECT lane.lane, lane.head, (SELECT waiting.job_id FROM ${waiting} waiting
            JOIN ${job} job ON job.id = waiting.job_id AND job.finished_at IS NULL
            WHERE waiting.lane = lane.lane ORDER BY waiting.job_id LIMIT 1 ${locked}) AS first_waiting,
            (SELECT waiting.job_id FROM ${waiting} waiting
            WHERE waiting.lane = lane.lane ORDER BY waiting.job_id LIMIT 1 ${locked}) AS any_waiting
          FROM ${lane} lane ${this.syntax.byKey}
          WHERE lane.lane IN (${placeholders(batch.length)}) ${locked}`,
        parameters: batch.map((one) => one.lane),
      };
      found.push(...rows.map(toLockedLane));
    }
    return found;
  }

  protected override *dropRows(lanes: readonly string[]): Steps<void> {
    for (const batch of batches(lanes)) {
      yield {
        sql: `DELETE FROM ${this.tables.lane} WHERE lane IN (${placeholders(batch.length)})`,
        parameters: batch,
      };
    }
  }

  protected override *endedIn(lanes: readonly string[]): Steps<InLane[]> {
    const { job, waiting } = this.tables;
    const ended: InLane[] = [];
    for (const batch of batches(lanes)) {
      const rows = yield {
        sql: `SELECT waiting.lane, waiting.job_id FROM ${waiting} waiting
          LEFT JOIN ${job} job ON job.id = waiting.job_id
          WHERE waiting.lane IN (${placeholders(batch.length)})
            AND (job.id IS NULL OR job.finished_at IS NOT NULL)`,
        parameters: batch,
      };
      ended.push(...rows.map(toInLane));
    }
    return ended;
  }

  protected override *forget(jobs: readonly InLane[]): Steps<void> {
    const { job, waiting } = this.tables;
    for (const { lane, id } of jobs) {
      yield {
        sql: `DELETE FROM ${waiting} WHERE lane = ? AND job_id = ?
          AND EXISTS (SELECT 1 FROM ${job} job WHERE job.id = ? AND job.finished_at IS NOT NULL)`,
        parameters: [lane, id, id],
      };
    }
  }

  protected override *holdBack(jobs: readonly Candidate[]): Steps<void> {
    for (const group of alike(jobs)) {
      const [{ lease, share }] = group;
      for (const batch of batches(group)) {
        yield {
          sql: `UPDATE ${this.tables.job}
            SET state = 'available', due_at = ?, rescue_at = NULL, leased_by = NULL, heads_lane = FALSE,
              share = ?
            WHERE id IN (${placeholders(batch.length)}) AND lease = ?
              AND state IN ('available', 'running')`,
          parameters: [WAITS_IN_LANE, share, ...batch.map(({ id }) => id), lease],
        };
      }
    }
    yield* this.enter(jobs);
  }

  protected override *handOver(next: readonly InLane[], now: number): Steps<number[]> {
    const { job, lane } = this.tables;
    const shares: number[] = [];
    for (const batch of batches(next)) {
      yield {
        sql: `INSERT INTO ${lane} (lane, head)
          VALUES ${rowPlaceholders(batch.length, 2)} ${this.syntax.orReplace('head')}`,
        parameters: batch.flatMap((one) => [one.lane, one.id]),
      };
      yield {
        sql: `UPDATE ${job} SET heads_lane = TRUE,
            due_at = CASE WHEN due_at = ? THEN ? ELSE due_at END
          WHERE id IN (${placeholders(batch.length)})`,
        parameters: [WAITS_IN_LANE, now, ...batch.map(({ id }) => id)],
      };
      const rows = yield {
        sql: `SELECT share FROM ${job} WHERE id IN (${placeholders(batch.length)})`,
        parameters: batch.map(({ id }) => id),
      };
      shares.push(...sharesOf(rows));
    }
    yield* this.stopWaiting(next);
    return shares;
  }

  protected override *stopWaiting(jobs: readonly InLane[]): Steps<void> {
    for (const batch of batches(jobs)) {
      yield {
        sql: `DELETE FROM ${this.tables.waiting}
          WHERE ${this.syntax.isOneOf(batch.length)}`,
        parameters: batch.flatMap(({ lane, id }) => [lane, id]),
      };
    }
  }

  protected override *mark(heads: readonly InLane[]): Steps<void> {
    for (const batch of batches(heads)) {
      yield {
        sql: `UPDATE ${this.tables.job} SET heads_lane = TRUE
          WHERE id IN (${placeholders(batch.length)})`,
        parameters: batch.map(({ id }) => id),
      };
    }
  }
}

/** Jobs of one lease number and line share a statement. */
function alike(jobs: readonly Candidate[]): readonly [Candidate, ...Candidate[]][] {
  const groups = new Map<string, [Candidate, ...Candidate[]]>();
  for (const job of jobs) {
    const key = `${job.lease} ${job.share}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [job]);
    else group.push(job);
  }
  return [...groups.values()];
}
