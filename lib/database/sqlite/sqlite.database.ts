import type { DataSource, EntityManager, QueryRunner, ReplicationMode } from 'typeorm';
import type { ResolvedDatabaseOptions } from '../database.options.js';
import { ManagedTransaction } from '../managed-transaction.js';
import type { Row, Statement, Steps } from '../statement.js';
import type { StatementGate } from '../statement-gate.js';
import { TransactionalDatabase } from '../transactional.database.js';
import { SqliteCommits } from './sqlite-commits.js';
import { SqliteConnection } from './sqlite-connection.js';
import { isSqliteConflict, isSqliteValueError } from './sqlite-error.js';
import { SqliteLock } from './sqlite-lock.js';
import { createTransactionRunner } from './sqlite-runner.js';
import { spaceCheckpoints, writesAhead } from './write-ahead-log.js';

/** A table of the library, without the host's prefix. */
const LOCKED_TABLE = 'webhook_job';

/**
 * SQLite through TypeORM's one better-sqlite3 connection, which the host and the library share. Every write
 * during an open transaction belongs to that transaction, whichever code writes. So the library's own
 * transactions run synchronously, without yielding to the event loop, and only when no other transaction is
 * open: a rollback of the host can never undo an accepted event.
 *
 * @internal
 */
export class SqliteDatabase extends TransactionalDatabase {
  override readonly kind = 'sqlite';
  override readonly locksRows = false;
  private readonly connection: SqliteConnection;
  private readonly lock: SqliteLock;
  private readonly commits: SqliteCommits;
  private lastManaged: Promise<unknown> = Promise.resolve();

  constructor(
    dataSource: DataSource,
    private readonly options: ResolvedDatabaseOptions,
  ) {
    super(dataSource);
    this.connection = new SqliteConnection(dataSource);
    this.lock = new SqliteLock(this.connection);
    this.commits = new SqliteCommits(this.connection, this.lock, options.statementTimeoutMs);
  }

  override isValueError(error: unknown): boolean {
    return isSqliteValueError(error);
  }

  override async prepare(): Promise<readonly string[]> {
    spaceCheckpoints(this.connection);
    if (writesAhead(this.connection)) return [];
    return [
      'SQLite does not write ahead, so each commit is slower and blocks readers. ' +
        'Set `enableWAL: true` in TypeOrmModule.forRoot.',
    ];
  }

  override currentTimeMs(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  protected override isConflict(error: unknown): boolean {
    return isSqliteConflict(error);
  }

  protected override readOn<Result>(
    _mode: ReplicationMode,
    read: (manager: EntityManager) => Promise<Result>,
  ): Promise<Result> {
    return read(this.dataSource.manager);
  }

  protected override runSteps<Result>(steps: () => Steps<Result>): Promise<Result> {
    return this.commits.run(steps);
  }

  /**
   * Transactions run one after the other: TypeORM would make a second one a savepoint inside of the first.
   */
  protected override runManaged<Result>(
    work: (manager: EntityManager) => Promise<Result>,
    gate: StatementGate,
    signal: AbortSignal | undefined,
  ): Promise<Result> {
    const turn = this.lastManaged.then(async () => {
      await this.connection.untilIdle();
      const { runner, hasBegun } = createTransactionRunner(
        this.dataSource,
        gate,
        this.connection.own,
        () => this.lockForWriting(gate),
      );
      const transaction = new ManagedTransaction({
        runner,
        gate,
        abandon: () => {
          void runner.release();
          if (hasBegun()) this.connection.endTransaction();
        },
        release: () => runner.release(),
      });
      return transaction.run(work, signal);
    });
    this.lastManaged = turn.catch(() => undefined);
    return turn;
  }

  protected override async query(
    runner: QueryRunner,
    { sql, parameters, counted }: Statement,
  ): Promise<readonly Row[]> {
    const { records, affected } = await runner.query(sql, [...parameters], true);
    return counted ? [{ changed: affected }] : (records ?? []);
  }

  private async lockForWriting(gate: StatementGate): Promise<void> {
    const lock = this.lockStatement;
    if (lock !== undefined) await this.lock.take(lock, gate, this.options.statementTimeoutMs);
  }

  /**
   * A statement that takes the lock and changes nothing. It names a table that exists: an entity of the host
   * may be a view, or have no table.
   */
  private get lockStatement(): string | undefined {
    const tables = this.dataSource.entityMetadatas.filter(
      ({ tableType }) => tableType === 'regular',
    );
    const entity =
      tables.find(({ tableNameWithoutPrefix }) => tableNameWithoutPrefix === LOCKED_TABLE) ??
      tables[0];
    return entity && `DELETE FROM ${this.table(entity.target)} WHERE 0`;
  }
}
