import { firstKeyOf, MAX_CLOCK_LEAD_MS } from '../database/first-key-of.js';
import type { SqlDatabase } from '../database/sql-database.js';
import type { Steps } from '../database/statement.js';

/** What is too old. */
export interface PruneCutoffs {
  /** Completed work that ended before this instant goes, in milliseconds since the epoch. */
  readonly completedBefore: number;
  /** Discarded work that ended before this instant goes, in milliseconds since the epoch. */
  readonly discardedBefore: number;
}

/** Which table is pruned, and of what. */
export interface PrunedTable {
  /** Its quoted name. */
  readonly table: string;
  /** Quoted name of its primary key, which is a UUID that begins with the time of its making. */
  readonly key: string;
  /** Whether its rows stay for as long as jobs refer to them. */
  readonly keptByJobs: boolean;
  /** Which rows may go: SQL with a `?` for each parameter. */
  condition(cutoffs: PruneCutoffs): {
    readonly sql: string;
    readonly parameters: readonly number[];
  };
}

/** What is deleted batch by batch. */
export interface Prunable {
  /**
   * Looks at one batch, in a transaction of its own.
   *
   * @param cutoffs what is too old
   * @param limit most rows to look at
   * @param from where the batch begins, as the one before it said; none for the first
   * @returns where the next batch begins; `undefined` after the last
   */
  prune(cutoffs: PruneCutoffs, limit: number, from?: string): Promise<string | undefined>;
}

/** Before every key. */
const FIRST_KEY = '00000000-0000-0000-0000-000000000000';

/**
 * Deletes old rows of a table batch by batch, going along its primary key: that is the order of age,
 * so that no further index is needed, and rows that stay are passed but once.
 *
 * @internal
 */
export class TablePruner implements Prunable {
  constructor(
    private readonly database: SqlDatabase,
    private readonly pruned: PrunedTable,
  ) {}

  async prune(
    cutoffs: PruneCutoffs,
    limit: number,
    from: string = FIRST_KEY,
  ): Promise<string | undefined> {
    const { database } = this;
    const { table, key, keptByJobs } = this.pruned;
    const bound = firstKeyOf(
      Math.max(cutoffs.completedBefore, cutoffs.discardedBefore) + MAX_CLOCK_LEAD_MS,
    );
    const range = `${key} >= ? AND ${key} < ?`;
    const condition = this.pruned.condition(cutoffs);
    return database.transaction(function* pruneBatch(): Steps<string | undefined> {
      const [row] = yield database.statement(
        `SELECT ${key} AS first_key FROM ${table} WHERE ${range} ORDER BY ${key} LIMIT 1 OFFSET ${limit}`,
        [from, bound],
      );
      const next = row === undefined ? undefined : String(row['first_key']);
      // Whoever has a job added to one of the rows locks it. To wait for that here, and not within the
      // deletion: that would look for jobs as they were when it began.
      if (keptByJobs && database.locksRows) {
        yield database.statement(
          `SELECT ${key} FROM ${table} WHERE ${range} AND ${condition.sql} FOR UPDATE`,
          [from, next ?? bound, ...condition.parameters],
        );
      }
      // The condition is looked at again by the deletion: somebody may be retrying a job by hand.
      yield database.statement(`DELETE FROM ${table} WHERE ${range} AND ${condition.sql}`, [
        from,
        next ?? bound,
        ...condition.parameters,
      ]);
      return next;
    }, 'readTimeoutMs');
  }
}
