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
import { NoWakeUps, type WakeUps } from './wake-ups.js';

/** Which of the options limits the time of a statement. */
export type StatementLimit = 'statementTimeoutMs' | 'readTimeoutMs';

/**
 * Runs the library's statements on the host's `DataSource`. Calls inside work that {@link managed} runs join
 * that work's transaction: they must not wait for another connection while they hold one, and SQLite has only
 * one.
 *
 * @internal
 */
export abstract class SqlDatabase {
  abstract readonly kind: DatabaseKind;
  /**
   * How many groups of one kind to commit at the same time: a server works on one while the library prepares
   * and sends the next.
   */
  readonly lanes: number = 1;
  /** Whether a read can lock the rows that it finds, by `FOR UPDATE`. */
  readonly locksRows: boolean = true;
  /** By which processes wake each other. */
  readonly wakeUps: WakeUps = new NoWakeUps();

  constructor(readonly dataSource: DataSource) {}

  /**
   * Runs the steps in one transaction; all of them take effect, or none. They run again when the database
   * rolled the transaction back because of a conflict.
   *
   * @param limit which option limits the time of each statement, in a transaction of their own; ignored by
   * SQLite
   */
  abstract transaction<Result>(steps: () => Steps<Result>, limit?: StatementLimit): Promise<Result>;

  /**
   * Gives the work a transaction, in which it may await anything. It runs again, in another transaction, when
   * the database rolled the first one back because of a conflict.
   *
   * @param signal aborted when the time of the work is over: nothing of it takes effect from then on, and it
   * is not awaited
   * @throws {TransactionEndedError} in work that goes on after it failed or was aborted
   */
  abstract managed<Result>(
    work: (manager: EntityManager) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result>;

  /**
   * The same for work that calls no code of the host, not even entity listeners: nothing can join it. Work
   * that can be joined needs Node.js to propagate its context, which slows every promise of the process from
   * then on.
   */
  abstract alone<Result>(work: (manager: EntityManager) => Promise<Result>): Promise<Result>;

  /**
   * Reads on the primary: under replication, a replica may not have the event or notification of a job yet.
   */
  abstract onWriter<Result>(read: (manager: EntityManager) => Promise<Result>): Promise<Result>;

  /**
   * Reads data that need not be the latest: in the transaction of the caller's work, or otherwise on a
   * replica, if there is one. On another connection, work that has the only one of a pool would wait for
   * itself.
   */
  abstract read<Result>(read: (manager: EntityManager) => Promise<Result>): Promise<Result>;

  /** Calls something that must not join the caller's transaction. */
  abstract outside<Result>(callback: () => Result): Result;

  /** Runs the steps inside of an open transaction. */
  abstract within<Result>(manager: EntityManager, steps: Steps<Result>): Promise<Result>;

  /** Whether a long transaction leaves no connection to others. */
  get hasOneConnection(): boolean {
    return false;
  }

  /**
   * Makes sure that the server, and the sessions that the host has configured, store values unchanged.
   *
   * @throws {ConfigurationError} which says what would be lost
   */
  assertServer(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Sets at start-up what the library may set.
   *
   * @returns advice to the host, one warning for each setting to change
   */
  prepare(_demand: DatabaseDemand): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  /** A statement with a `?` for each parameter, in the database's own syntax. */
  statement(sql: string, parameters: readonly unknown[]): Statement {
    return { sql, parameters };
  }

  /**
   * Makes an insert keep an existing row with the same key, without an error: on PostgreSQL an error would
   * abort the caller's transaction.
   *
   * @param key the columns of a unique index
   */
  keepExisting<Entity extends ObjectLiteral>(
    insert: InsertQueryBuilder<Entity>,
    _key: readonly [string, ...string[]],
  ): InsertQueryBuilder<Entity> {
    return insert.orIgnore();
  }

  /**
   * Options that make a find see everything that was committed before it, also since its transaction began.
   */
  get findingLatest(): Pick<FindOneOptions, 'lock'> {
    return {};
  }

  /**
   * The database's own time, in milliseconds since the epoch; `undefined` if it has no clock, and uses that
   * of its machine.
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
   * Whether a value in the statement caused the error: then one row of a group is at fault. Otherwise every
   * row would fail alike.
   */
  abstract isValueError(error: unknown): boolean;
}
