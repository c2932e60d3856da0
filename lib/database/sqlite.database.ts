import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { DatabaseBusyError } from './database-busy.error.js';
import { SqlDatabase } from './sql-database.js';
import type { Row, Statement, Steps } from './statement.js';

/** The part of a better-sqlite3 connection that is used here. */
interface Connection {
  readonly inTransaction: boolean;
  readonly open: boolean;
  exec(sql: string): void;
  prepare(sql: string): PreparedStatement;
}

interface PreparedStatement {
  readonly reader: boolean;
  all(...parameters: unknown[]): Row[];
  run(...parameters: unknown[]): unknown;
}

const VALUE_ERROR_CODES = /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE)/;

/** How long to wait for a transaction of the host to end. */
const BUSY_TIMEOUT_MS = 10_000;

/**
 * SQLite through TypeORM's one better-sqlite3 connection, which the host and the library share.
 * Whatever is written while a transaction is open belongs to that transaction, whoever wrote it.
 * So the library's own transactions run in one go, without giving up the event loop, and only when
 * no other transaction is open: a rollback of the host can never take back an accepted event.
 *
 * @internal
 */
export class SqliteDatabase extends SqlDatabase {
  override readonly kind = 'sqlite';
  private readonly statements = new Map<string, PreparedStatement>();
  private lastManaged: Promise<unknown> = Promise.resolve();

  override isValueError(error: unknown): boolean {
    if (error instanceof TypeError || error instanceof RangeError) return true;
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
    return typeof code === 'string' && VALUE_ERROR_CODES.test(code);
  }

  /** One transaction at a time writes, from its beginning on. */
  protected override isConflict(): boolean {
    return false;
  }

  protected override async runSteps<Result>(steps: Steps<Result>): Promise<Result> {
    await this.untilIdle();
    return this.runAtOnce(steps);
  }

  /** One after the other: TypeORM would make a second transaction a savepoint inside of the first. */
  protected override runManaged<Result>(
    work: (manager: EntityManager) => Promise<Result>,
  ): Promise<Result> {
    const turn = this.lastManaged.then(async () => {
      await this.untilIdle();
      return this.dataSource.transaction(work);
    });
    this.lastManaged = turn.catch(() => undefined);
    return turn;
  }

  private get connection(): Connection {
    return (this.dataSource.driver as unknown as { databaseConnection: Connection })
      .databaseConnection;
  }

  private async untilIdle(): Promise<void> {
    for (let waitedMs = 0; this.connection.inTransaction; waitedMs++) {
      if (waitedMs >= BUSY_TIMEOUT_MS) throw new DatabaseBusyError(BUSY_TIMEOUT_MS);
      await sleep(1);
    }
  }

  private runAtOnce<Result>(steps: Steps<Result>): Result {
    // IMMEDIATE takes the write lock first: a lock upgrade half-way could only fail, not wait.
    this.connection.exec('BEGIN IMMEDIATE');
    try {
      let step = steps.next();
      while (step.done !== true) step = steps.next(this.run(step.value));
      this.connection.exec('COMMIT');
      return step.value;
    } catch (error) {
      // A full disk makes SQLite roll back by itself.
      if (this.connection.inTransaction) this.connection.exec('ROLLBACK');
      throw error;
    }
  }

  private run({ sql, parameters }: Statement): readonly Row[] {
    let statement = this.statements.get(sql);
    if (statement === undefined) {
      statement = this.connection.prepare(sql);
      this.statements.set(sql, statement);
    }
    if (statement.reader) return statement.all(...parameters);
    statement.run(...parameters);
    return [];
  }
}

/** Whether the data source writes ahead; without it, readers and writers block each other. */
export async function writesAhead(dataSource: DataSource): Promise<boolean> {
  const [row] = (await dataSource.query('PRAGMA journal_mode')) as { journal_mode?: string }[];
  return row?.journal_mode === 'wal' || row?.journal_mode === 'memory';
}
