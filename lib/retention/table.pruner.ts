import { firstKeyOf, MAX_CLOCK_LEAD_MS } from '../database/first-key-of.js';
import type { SqlDatabase } from '../database/sql-database.js';
import type { Steps } from '../database/statement.js';

/** The instants before which rows are too old. */
export interface PruneCutoffs {
  /** For completed work, in milliseconds since the epoch. */
  readonly completedBefore: number;
  /** For discarded work, in milliseconds since the epoch. */
  readonly discardedBefore: number;
}

/** A table, and which of its rows to delete. */
export interface PrunedTable {
  /** Its quoted name. */
  readonly table: string;
  /** Quoted name of its primary key, which is a UUID that begins with its time of creation. */
  readonly key: string;
  /** Whether its rows stay as long as jobs refer to them. */
  readonly keptByJobs: boolean;
  /** The condition for rows to delete: SQL with a `?` for each parameter. */
  condition(cutoffs: PruneCutoffs): {
    readonly sql: string;
    readonly parameters: readonly number[];
  };
}

/** Rows that are deleted batch by batch. */
export interface Prunable {
  /**
   * Deletes the old rows of one batch, in a transaction of its own.
   *
   * @param cutoffs before which instants rows are too old
   * @param limit most rows to look at
   * @param from where the batch begins: the result of the batch before; `undefined` for the first
   * @returns where the next batch begins; `undefined` after the last
   */
  prune(cutoffs: PruneCutoffs, limit: number, from?: string): Promise<string | undefined>;
}

/** Before every key. */
const FIRST_KEY = '00000000-0000-0000-0000-000000000000';

/**
 * Deletes old rows of a table batch by batch along its primary key. That is the order of age: it needs no
 * further index, and passes rows that stay only once.
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
      // A transaction that adds a job for one of the rows locks the row. Wait for it here, and not within the
      // deletion, which would see the jobs as they were when it began.
      if (keptByJobs && database.locksRows) {
        yield database.statement(
          `SELECT ${key} FROM ${table} WHERE ${range} AND ${condition.sql} FOR UPDATE`,
          [from, next ?? bound, ...condition.parameters],
        );
      }
      // The deletion checks the condition again: a job may be retried by hand meanwhile.
      yield database.statement(`DELETE FROM ${table} WHERE ${range} AND ${condition.sql}`, [
        from,
        next ?? bound,
        ...condition.parameters,
      ]);
      return next;
    }, 'readTimeoutMs');
  }
}
