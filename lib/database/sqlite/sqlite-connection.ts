import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { DatabaseBusyError } from './database-busy.error.js';
import { SqliteStatements, type Connection } from './sqlite-statements.js';

/** The transaction state that TypeORM's query runner keeps. */
interface TransactionCount {
  isTransactionActive: boolean;
  transactionDepth: number;
}

/** How long to wait for a transaction of the host to end. */
const BUSY_TIMEOUT_MS = 10_000;

/**
 * The one connection to an SQLite file, which the host and the library share.
 *
 * @internal
 */
export class SqliteConnection {
  readonly statements = new SqliteStatements(() => this.own);

  constructor(private readonly dataSource: DataSource) {}

  /** The driver's connection; the host may open another one. */
  get own(): Connection {
    return (this.dataSource.driver as unknown as { databaseConnection: Connection })
      .databaseConnection;
  }

  /** @throws {DatabaseBusyError} if a transaction of the host takes too long */
  async untilIdle(): Promise<void> {
    for (let waitedMs = 0; this.own.inTransaction; waitedMs++) {
      if (waitedMs >= BUSY_TIMEOUT_MS) throw new DatabaseBusyError(BUSY_TIMEOUT_MS);
      await sleep(1);
    }
  }

  /** Rolls back, unless SQLite has done that by itself, as it does on a full disk. */
  rollBack(): void {
    if (this.own.inTransaction) this.own.exec('ROLLBACK');
  }

  /**
   * Rolls back a transaction that TypeORM began. TypeORM's query runner must not go on counting a transaction
   * that is gone: the next one would be a savepoint without a transaction, whose rollback leaves it open, and
   * the database would be blocked forever.
   */
  endTransaction(): void {
    this.rollBack();
    const runner = this.dataSource.createQueryRunner() as unknown as TransactionCount;
    runner.isTransactionActive = false;
    runner.transactionDepth = 0;
  }
}
