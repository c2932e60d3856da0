import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, EntityManager, ReplicationMode } from 'typeorm';
import type { ResolvedDatabaseOptions } from '../database.options.js';
import { DatabaseBusyError } from './database-busy.error.js';
import { ManagedTransaction } from '../managed-transaction.js';
import { SqlDatabase } from '../sql-database.js';
import { createTransactionRunner } from './sqlite-runner.js';
import { SqliteStatements, type Connection } from './sqlite-statements.js';
import type { Steps } from '../statement.js';
import type { StatementGate } from '../statement-gate.js';

/** What TypeORM's query runner believes of its transactions. */
interface TransactionCount {
  isTransactionActive: boolean;
  transactionDepth: number;
}

/** A transaction that has not begun. */
interface Waiting {
  readonly steps: () => Steps<unknown>;
  /** When it is given up, by `performance.now()`; set when it first met a lock. */
  giveUpAt?: number;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

const VALUE_ERROR_CODES = /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE)/;

/** Another process holds the lock. */
const BUSY_CODES = /^SQLITE_(BUSY|LOCKED)/;

/** After how many pages of its log SQLite checkpoints where nobody says otherwise. */
const DEFAULT_CHECKPOINT_PAGES = 1_000;

/**
 * What the library has it wait for instead (40 MB). A page that many commits change is written to the
 * database once a checkpoint, and whoever commits at that moment waits for it.
 */
const CHECKPOINT_PAGES = 10_000;

/** How long SQLite waits for the lock of another process, while nothing else can go on here. */
const LOCK_WAIT_MS = 2;

/** How long until it is tried again: at first, and after many times. */
const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 25;

/** A table of the library, without the host's prefix. */
const LOCKED_TABLE = 'webhook_job';

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
  private readonly statements = new SqliteStatements(() => this.connection);
  private lastManaged: Promise<unknown> = Promise.resolve();
  private waiting: Waiting[] = [];
  /** How long to wait before the lock of another process is tried again. */
  private lockPauseMs = FIRST_PAUSE_MS;

  constructor(
    dataSource: DataSource,
    private readonly options: ResolvedDatabaseOptions,
  ) {
    super(dataSource);
  }

  override isValueError(error: unknown): boolean {
    if (error instanceof TypeError || error instanceof RangeError) return true;
    return VALUE_ERROR_CODES.test(codeOf(error));
  }

  /** Makes checkpoints of the write-ahead log rarer, where the host has not set how often it wants them. */
  spaceCheckpoints(): void {
    const pages = this.connection.pragma('wal_autocheckpoint', { simple: true });
    if (pages === DEFAULT_CHECKPOINT_PAGES) {
      this.connection.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    }
  }

  /** What a transaction has read was changed by another process before it wrote. */
  protected override isConflict(error: unknown): boolean {
    return codeOf(error) === 'SQLITE_BUSY_SNAPSHOT';
  }

  override currentTimeMs(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  protected override readOn<Result>(
    _mode: ReplicationMode,
    read: (manager: EntityManager) => Promise<Result>,
  ): Promise<Result> {
    return read(this.dataSource.manager);
  }

  /**
   * Transactions that come in the same turn of the event loop share one commit, which is what costs
   * most: the accepted events, and the outcomes of those before.
   */
  protected override runSteps<Result>(steps: () => Steps<Result>): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.waiting.push({ steps, resolve: resolve as Waiting['resolve'], reject });
      if (this.waiting.length === 1) setImmediate(() => void this.flush());
    });
  }

  /** One after the other: TypeORM would make a second transaction a savepoint inside of the first. */
  protected override runManaged<Result>(
    work: (manager: EntityManager) => Promise<Result>,
    gate: StatementGate,
    signal: AbortSignal | undefined,
  ): Promise<Result> {
    const turn = this.lastManaged.then(async () => {
      await this.untilIdle();
      const { runner, hasBegun } = createTransactionRunner(
        this.dataSource,
        gate,
        this.connection,
        () => this.lockForWriting(gate),
      );
      const transaction = new ManagedTransaction({
        runner,
        gate,
        abandon: () => {
          void runner.release();
          if (hasBegun()) this.endTransaction();
        },
        release: () => runner.release(),
      });
      return transaction.run(work, signal);
    });
    this.lastManaged = turn.catch(() => undefined);
    return turn;
  }

  private get connection(): Connection {
    return (this.dataSource.driver as unknown as { databaseConnection: Connection })
      .databaseConnection;
  }

  /**
   * Rolls back, unless SQLite has done that by itself, as it does on a full disk. TypeORM's query runner
   * must not go on counting a transaction that is gone: the next one would be a savepoint inside of
   * nothing, whose rollback leaves it open, and the database would be blocked for ever.
   */
  private endTransaction(): void {
    if (this.connection.inTransaction) this.connection.exec('ROLLBACK');
    const runner = this.dataSource.createQueryRunner() as unknown as TransactionCount;
    runner.isTransactionActive = false;
    runner.transactionDepth = 0;
  }

  private async untilIdle(): Promise<void> {
    for (let waitedMs = 0; this.connection.inTransaction; waitedMs++) {
      if (waitedMs >= BUSY_TIMEOUT_MS) throw new DatabaseBusyError(BUSY_TIMEOUT_MS);
      await sleep(1);
    }
  }

  private async flush(): Promise<void> {
    let problem: unknown;
    await this.untilIdle().catch((error: unknown) => (problem = error));
    const group = this.waiting;
    this.waiting = [];
    if (problem === undefined) this.commit(group);
    else for (const { reject } of group) reject(problem);
  }

  /** Where one of them fails, each is run alone, so that it fails alone; not where all would wait again. */
  private commit(group: readonly Waiting[]): void {
    try {
      const results = this.withShortWaits(() => this.runAtOnce(group));
      this.lockPauseMs = FIRST_PAUSE_MS;
      group.forEach(({ resolve }, index) => resolve(results[index]));
    } catch (error) {
      if (BUSY_CODES.test(codeOf(error))) this.tryLater(group, error);
      else if (group.length === 1) for (const { reject } of group) reject(error);
      else for (const one of group) this.commit([one]);
    }
  }

  /**
   * Takes the lock that the first statement of a transaction that writes would wait for without giving up
   * the event loop. Where it cannot be had in time, that statement fails.
   */
  private async lockForWriting(gate: StatementGate): Promise<void> {
    const lock = this.lockStatement;
    if (lock === undefined) return;
    const giveUpAt = performance.now() + this.options.statementTimeoutMs;
    for (let pauseMs = FIRST_PAUSE_MS; gate.isOpen && this.connection.inTransaction;) {
      try {
        this.withShortWaits(() => this.statements.prepare(lock).run());
        return;
      } catch (error) {
        if (codeOf(error) !== 'SQLITE_BUSY' || performance.now() >= giveUpAt) throw error;
      }
      await sleep(pauseMs);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }

  /** Changes nothing, in a table that there is: of the host's entities one may be a view, or have no table. */
  private get lockStatement(): string | undefined {
    const tables = this.dataSource.entityMetadatas.filter(
      ({ tableType }) => tableType === 'regular',
    );
    const entity =
      tables.find(({ tableNameWithoutPrefix }) => tableNameWithoutPrefix === LOCKED_TABLE) ??
      tables[0];
    return entity && `DELETE FROM ${this.table(entity.target)} WHERE 0`;
  }

  /** Another process has the lock. */
  private tryLater(group: readonly Waiting[], error: unknown): void {
    const now = performance.now();
    const later = group.filter((one) => {
      one.giveUpAt ??= now + this.options.statementTimeoutMs;
      if (one.giveUpAt > now) return true;
      one.reject(error);
      return false;
    });
    const isScheduled = this.waiting.length > 0;
    this.waiting = [...later, ...this.waiting];
    if (isScheduled || later.length === 0) return;
    setTimeout(() => void this.flush(), this.lockPauseMs);
    this.lockPauseMs = Math.min(2 * this.lockPauseMs, LONGEST_PAUSE_MS);
  }

  /**
   * SQLite waits for the lock of another process without giving up the event loop, for as long as the host
   * has set for its own statements, or the driver: 5 s.
   */
  private withShortWaits<Result>(work: () => Result): Result {
    const [before] = this.statements.prepare('PRAGMA busy_timeout').all();
    const hostsMs = Number(before?.['timeout'] ?? 0);
    if (hostsMs <= LOCK_WAIT_MS) return work();
    this.statements.prepare(`PRAGMA busy_timeout = ${LOCK_WAIT_MS}`).all();
    try {
      return work();
    } finally {
      this.statements.prepare(`PRAGMA busy_timeout = ${hostsMs}`).all();
    }
  }

  private runAtOnce(group: readonly Waiting[]): unknown[] {
    // IMMEDIATE takes the write lock first: a lock upgrade half-way could only fail, not wait.
    this.connection.exec('BEGIN IMMEDIATE');
    try {
      const results = group.map(({ steps }) => this.runThrough(steps()));
      this.connection.exec('COMMIT');
      return results;
    } catch (error) {
      // A full disk makes SQLite roll back by itself.
      if (this.connection.inTransaction) this.connection.exec('ROLLBACK');
      throw error;
    }
  }

  private runThrough(steps: Steps<unknown>): unknown {
    let step = steps.next();
    while (step.done !== true) step = steps.next(this.statements.run(step.value));
    return step.value;
  }
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}

/** Whether the data source writes ahead; without it, readers and writers block each other. */
export async function writesAhead(dataSource: DataSource): Promise<boolean> {
  const [row] = (await dataSource.query('PRAGMA journal_mode')) as { journal_mode?: string }[];
  return row?.journal_mode === 'wal' || row?.journal_mode === 'memory';
}
