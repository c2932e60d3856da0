import type {
  DataSource,
  EntityManager,
  EntityTarget,
  FindOneOptions,
  InsertQueryBuilder,
  ObjectLiteral,
} from 'typeorm';
import type { DatabaseKind } from './database-kind.js';
import type { DatabaseDemand } from './start-up.js';
import type { Statement, Steps } from './statement.js';

/** Which of the options limits the time of a statement. */
export type StatementLimit = 'statementTimeoutMs' | 'readTimeoutMs';

/**
 * Runs the library's statements on the host's `DataSource`. What is called, directly or not, by
 * work that {@link managed} runs joins that work's transaction: it must not wait for another
 * connection while it holds one, and SQLite has but one.
 *
 * @internal
 */
export abstract class SqlDatabase {
  abstract readonly kind: DatabaseKind;
  /**
   * How many groups of one kind are worth being committed at the same time: a server works on one while
   * the next is made ready and sent.
   */
  readonly lanes: number = 1;
  /** Whether a read can lock the rows that it finds, by `FOR UPDATE`. */
  readonly locksRows: boolean = true;

  constructor(readonly dataSource: DataSource) {}

  /**
   * Runs the steps in one transaction; all of them take effect, or none. They are run again when the
   * database gave the transaction up in favour of another.
   *
   * @param limit how long each statement may take, in a transaction of their own; ignored by SQLite
   */
  abstract transaction<Result>(steps: () => Steps<Result>, limit?: StatementLimit): Promise<Result>;

  /**
   * Gives the work a transaction, in which it may await whatever it likes. It is run again, in another
   * transaction, when the database gave the one up in favour of others.
   *
   * @param signal aborted when the work must be over: nothing of it takes effect from then on, and it is
   * not waited for
   * @throws {TransactionEndedError} in work that goes on after it failed or was aborted
   */
  abstract managed<Result>(
    work: (manager: EntityManager) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result>;

  /**
   * The same for work that calls nobody else's code, listeners of entities included: nothing can join it.
   * What can be joined has Node.js hand on its context, which costs time for each promise of the process
   * from the first one on.
   */
  abstract alone<Result>(work: (manager: EntityManager) => Promise<Result>): Promise<Result>;

  /** Reads on the writer: under replication, a replica may not have the event or notification of a job yet. */
  abstract onWriter<Result>(read: (manager: EntityManager) => Promise<Result>): Promise<Result>;

  /**
   * Reads what need not be the latest: in the transaction that the caller's work runs in, or else on a
   * replica, where there is one. Work that has the only connection of a pool would wait for itself.
   */
  abstract read<Result>(read: (manager: EntityManager) => Promise<Result>): Promise<Result>;

  /** Calls something that must not join the caller's transaction. */
  abstract outside<Result>(callback: () => Result): Result;

  /** Runs the steps inside of a transaction that is open already. */
  abstract within<Result>(manager: EntityManager, steps: Steps<Result>): Promise<Result>;

  /** Whether a transaction that lasts leaves no connection to others. */
  get hasOneConnection(): boolean {
    return false;
  }

  /**
   * Makes sure that the server, and the sessions that the host has configured, keep what they are given.
   *
   * @throws {ConfigurationError} which says what would be lost
   */
  assertServer(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Sets at start-up what the library may set.
   *
   * @returns what the host had better change, a warning each
   */
  prepare(_demand: DatabaseDemand): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  /** A statement with a `?` for each parameter, in the database's own syntax. */
  statement(sql: string, parameters: readonly unknown[]): Statement {
    return { sql, parameters };
  }

  /**
   * Has an insert leave the row as it is that has the same key already, without an error: that would abort the
   * caller's transaction on PostgreSQL.
   *
   * @param key the columns of a unique index
   */
  keepExisting<Entity extends ObjectLiteral>(
    insert: InsertQueryBuilder<Entity>,
    _key: readonly [string, ...string[]],
  ): InsertQueryBuilder<Entity> {
    return insert.orIgnore();
  }

  /** What a find needs to see all that was committed before it, also since its transaction began. */
  get findingLatest(): Pick<FindOneOptions, 'lock'> {
    return {};
  }

  /**
   * The database's own time, in milliseconds since the epoch; `undefined` where it has none and the
   * clock of the one machine that it is on holds.
   */
  abstract currentTimeMs(): Promise<number | undefined>;

  /** The quoted name of an entity's table, with the host's schema and prefix. */
  table(entity: EntityTarget<ObjectLiteral>): string {
    return this.dataSource
      .getMetadata(entity)
      .tablePath.split('.')
      .map((part) => this.dataSource.driver.escape(part))
      .join('.');
  }

  /** The quoted name of a column. */
  quote(column: string): string {
    return this.dataSource.driver.escape(column);
  }

  /**
   * Whether a value in the statement caused the error, so that one row of a group is at fault; else every row
   * would fail alike.
   */
  abstract isValueError(error: unknown): boolean;
}
