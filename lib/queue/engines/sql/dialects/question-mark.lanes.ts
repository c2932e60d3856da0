import { batches, placeholders, rowPlaceholders } from '../../../../database/batches.js';
import type { Steps } from '../../../../database/statement.js';
import { WAITS_IN_LANE } from '../../../job.js';
import {
  LaneDialect,
  sharesOf,
  toLockedLane,
  type Candidate,
  type InLane,
  type LockedLane,
} from './lane.dialect.js';
import type { LaneTables } from './lane.tables.js';

/** What differs between the databases whose parameters are question marks. */
export interface LaneSyntax {
  /** The end of an insert that keeps and locks a row with the same key, by setting this column to itself. */
  orKeep(column: 'head' | 'job_id'): string;
  /** The end of an insert that gives a row with the same key the new value of the column. */
  orReplace(column: 'head'): string;
  /** The placeholders of a list of pairs. */
  rows(count: number): string;
  /** Locks what a read finds, and reads what was committed last. */
  readonly locked: string;
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

  override *move(jobs: readonly { id: string; lane: string | null }[]): Steps<void> {
    for (const { id, lane } of jobs) {
      yield {
        sql: `UPDATE ${this.tables.job} SET lane = ?, heads_lane = FALSE WHERE id = ?`,
        parameters: [lane, id],
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
        sql: `SELECT lane FROM ${this.tables.lane}
          WHERE lane IN (${placeholders(batch.length)}) ORDER BY lane ${this.syntax.locked}`,
        parameters: batch.map(({ lane }) => lane),
      };
    }
  }

  protected override *look(lanes: readonly InLane[]): Steps<LockedLane[]> {
    const { job, lane, waiting } = this.tables;
    const { locked } = this.syntax;
    const found: LockedLane[] = [];
    for (const batch of batches(lanes)) {
      const rows = yield {
        sql: `SELECT lane.lane, lane.head, (SELECT waiting.job_id FROM ${waiting} waiting
            JOIN ${job} job ON job.id = waiting.job_id AND job.finished_at IS NULL
            WHERE waiting.lane = lane.lane ORDER BY waiting.job_id LIMIT 1 ${locked}) AS first_waiting
          FROM ${lane} lane WHERE lane.lane IN (${placeholders(batch.length)}) ${locked}`,
        parameters: batch.map((one) => one.lane),
      };
      found.push(...rows.map(toLockedLane));
    }
    return found;
  }

  protected override *drop(lanes: readonly string[]): Steps<void> {
    const { lane, waiting } = this.tables;
    for (const batch of batches(lanes)) {
      const list = placeholders(batch.length);
      // Those that wait have been cancelled: else one of them would be the head.
      yield { sql: `DELETE FROM ${waiting} WHERE lane IN (${list})`, parameters: batch };
      yield { sql: `DELETE FROM ${lane} WHERE lane IN (${list})`, parameters: batch };
    }
  }

  protected override *holdBack(jobs: readonly Candidate[]): Steps<void> {
    for (const { id, lease, share } of jobs) {
      yield {
        sql: `UPDATE ${this.tables.job}
          SET state = 'available', due_at = ?, rescue_at = NULL, leased_by = NULL, heads_lane = FALSE,
            share = ?
          WHERE id = ? AND lease = ? AND state IN ('available', 'running')`,
        parameters: [WAITS_IN_LANE, share, id, lease],
      };
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
          WHERE (lane, job_id) IN (${this.syntax.rows(batch.length)})`,
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
