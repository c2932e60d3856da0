import { setTimeout as sleep } from 'node:timers/promises';
import {
  QueryRunnerAlreadyReleasedError,
  type DataSource,
  type EntityManager,
  type EntityTarget,
  type ObjectLiteral,
  type QueryRunner,
  type ReplicationMode,
} from 'typeorm';
import { errorsIn } from './errors-in.js';
import { JoinedTransactions } from './joined-transactions.js';
import type { Row, Statement, Steps } from './statement.js';
import { StatementGate, type ErrorJudge } from './statement-gate.js';
import { unlessAborted } from './unless-aborted.js';

/** The databases that the library can run on. */
export type DatabaseKind = 'sqlite' | 'postgres' | 'mysql';

/** How often a transaction is tried that conflicts with others. */
const MAX_TRIES = 5;

/** Longest wait before a transaction that conflicted is tried the second time; it doubles with each try. */
const FIRST_WAIT_MS = 10;

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
  private readonly joined = new JoinedTransactions();
  private readonly judge: ErrorJudge = {
    isConflict: (error) => this.isConflict(error),
    endsTransaction: (error) => this.endsTransaction(error),
  };

  constructor(readonly dataSource: DataSource) {}

  /**
   * Runs the steps in one transaction; all of them take effect, or none. They are run again when the
   * database gave the transaction up in favour of another.
   *
   * @param limit how long each statement may take, in a transaction of their own; ignored by SQLite
   */
  async transaction<Result>(
    steps: () => Steps<Result>,
    limit: StatementLimit = 'statementTimeoutMs',
  ): Promise<Result> {
    const open = this.joined.open();
    if (open !== undefined) return open.turns.run(() => this.within(open.manager, steps()));
    for (let tries = 1; ; tries++) {
      try {
        return await this.runSteps(steps, limit);
      } catch (error) {
        if (tries === MAX_TRIES || !this.isConflict(error)) throw error;
      }
    }
  }

  /**
   * Gives the work a transaction, in which it may await whatever it likes. It is run again, in another
   * transaction, when the database gave the one up in favour of others.
   *
   * @param signal aborted when the work must be over: nothing of it takes effect from then on, and it is
   * not waited for
   * @throws {TransactionEndedError} in work that goes on after it failed or was aborted
   */
  managed<Result>(
    work: (manager: EntityManager) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> {
    return this.inTransaction(work, { canBeJoined: true, signal });
  }

  /**
   * The same for work that calls nobody else's code, listeners of entities included: nothing can join it.
   * What can be joined has Node.js hand on its context, which costs time for each promise of the process
   * from the first one on.
   */
  alone<Result>(work: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    return this.inTransaction(work, { canBeJoined: false, signal: undefined });
  }

  /** Whether a transaction that lasts leaves no connection to others. */
  get hasOneConnection(): boolean {
    return false;
  }

  /**
   * Reads on the writer: under replication, a replica may not know yet what a job is about.
   */
  async onWriter<Result>(read: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    const open = this.joined.open();
    return open === undefined ? this.readOn('master', read) : read(open.manager);
  }

  /**
   * Reads what need not be the latest: in the transaction that the caller's work runs in, or else on a
   * replica, where there is one. Work that has the only connection of a pool would wait for itself.
   */
  read<Result>(read: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    const { current } = this.joined;
    return current?.gate.isOpen === true ? read(current.manager) : this.readOn('slave', read);
  }

  /** Calls something that must not join the caller's transaction. */
  outside<Result>(callback: () => Result): Result {
    return this.joined.outside(callback);
  }

  /** Runs the steps inside of a transaction that is open already. */
  async within<Result>(manager: EntityManager, steps: Steps<Result>): Promise<Result> {
    const runner = manager.queryRunner;
    if (runner === undefined) {
      throw new TypeError(
        'This EntityManager has no open transaction: take the one that transaction() gives.',
      );
    }
    return this.drive(runner, steps);
  }

  /** A statement with a `?` for each parameter, in the database's own syntax. */
  statement(sql: string, parameters: readonly unknown[]): Statement {
    let position = 0;
    return this.kind === 'postgres'
      ? { sql: sql.replaceAll('?', () => `$${++position}`), parameters }
      : { sql, parameters };
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
   * Whether the error is about a value in the statement (one row of a group is at fault) and not
   * about the database (every row would fail alike).
   */
  abstract isValueError(error: unknown): boolean;

  /** Whether the database rolled a transaction back because of another one: it may be tried again. */
  protected abstract isConflict(error: unknown): boolean;

  /** Whether the database rolled the whole transaction back, so that what follows is in none. */
  protected endsTransaction(_error: unknown): boolean {
    return false;
  }

  /** Reads outside of a transaction. */
  protected abstract readOn<Result>(
    mode: ReplicationMode,
    read: (manager: EntityManager) => Promise<Result>,
  ): Promise<Result>;

  /** Runs the steps in a transaction of their own. */
  protected abstract runSteps<Result>(
    steps: () => Steps<Result>,
    limit: StatementLimit,
  ): Promise<Result>;

  /** Runs the work in a transaction of its own, whose statements pass the gate. */
  protected abstract runManaged<Result>(
    work: (manager: EntityManager) => Promise<Result>,
    gate: StatementGate,
    signal: AbortSignal | undefined,
  ): Promise<Result>;

  /**
   * Runs the steps, one after the other.
   *
   * @param onStep is called when one begins
   */
  protected async drive<Result>(
    runner: QueryRunner,
    steps: Steps<Result>,
    first: IteratorResult<Statement, Result> = steps.next(),
    onStep?: () => void,
  ): Promise<Result> {
    let step = first;
    while (step.done !== true) {
      // Its connection may be somebody else's by now.
      if (runner.isReleased) throw new QueryRunnerAlreadyReleasedError();
      onStep?.();
      const { value } = step;
      step = steps.next(await this.watched(runner, () => this.query(runner, value)));
    }
    return step.value;
  }

  /** Runs a statement of the library, which may be in a transaction of the host. */
  protected watched<Result>(
    _runner: QueryRunner,
    statement: () => Promise<Result>,
  ): Promise<Result> {
    return statement();
  }

  /** Runs one statement; gives its rows. */
  protected async query(
    runner: QueryRunner,
    { sql, parameters, counted }: Statement,
  ): Promise<readonly Row[]> {
    const { records, affected } = await runner.query(sql, [...parameters], true);
    return counted ? [{ changed: affected }] : (records ?? []);
  }

  private async inTransaction<Result>(
    work: (manager: EntityManager) => Promise<Result>,
    {
      canBeJoined,
      signal,
    }: { readonly canBeJoined: boolean; readonly signal: AbortSignal | undefined },
  ): Promise<Result> {
    const open = this.joined.open();
    if (open !== undefined) {
      const { gate, manager, turns } = open;
      return turns.run(() => manager.transaction((inner) => this.joined.run(inner, gate, work)));
    }
    for (let tries = 1; ; tries++) {
      signal?.throwIfAborted();
      const gate = new StatementGate(this.judge);
      const run = (own: EntityManager): Promise<Result> =>
        canBeJoined ? this.joined.run(own, gate, work) : work(own);
      try {
        return await unlessAborted(this.runManaged(run, gate, signal), signal);
      } catch (error) {
        const isConflict = gate.hadConflict || errorsIn(error).some((one) => this.isConflict(one));
        if (tries === MAX_TRIES || !isConflict) throw error;
      }
      const waitMs = Math.random() * FIRST_WAIT_MS * 2 ** (tries - 1);
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
