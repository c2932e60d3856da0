import {
  QueryRunnerAlreadyReleasedError,
  type EntityManager,
  type QueryRunner,
  type ReplicationMode,
} from 'typeorm';
import { MAX_TRIES, retryConflicts } from './conflict-retry.js';
import { JoinedTransactions, type Joined } from './joined-transactions.js';
import { SqlDatabase, type StatementLimit } from './sql-database.js';
import type { Row, Statement, Steps } from './statement.js';
import type { ErrorJudge, StatementGate } from './statement-gate.js';

/**
 * Decides in which transaction statements run, on every database alike: in that of the caller's work, or in
 * one of their own, which is tried again after a conflict.
 *
 * @internal
 */
export abstract class TransactionalDatabase extends SqlDatabase {
  private readonly joined = new JoinedTransactions();
  private readonly judge: ErrorJudge = {
    isConflict: (error) => this.isConflict(error),
    endsTransaction: (error) => this.endsTransaction(error),
  };

  override async transaction<Result>(
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

  override async managed<Result>(
    work: (manager: EntityManager) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> {
    const open = this.joined.open();
    if (open !== undefined) return this.inSavepoint(open, work);
    return retryConflicts(
      (gate) => this.runManaged((manager) => this.joined.run(manager, gate, work), gate, signal),
      this.judge,
      signal,
    );
  }

  override async alone<Result>(work: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    const open = this.joined.open();
    if (open !== undefined) return this.inSavepoint(open, work);
    return retryConflicts((gate) => this.runManaged(work, gate, undefined), this.judge, undefined);
  }

  override async onWriter<Result>(
    read: (manager: EntityManager) => Promise<Result>,
  ): Promise<Result> {
    const open = this.joined.open();
    return open === undefined ? this.readOn('master', read) : read(open.manager);
  }

  override read<Result>(read: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    const { current } = this.joined;
    return current?.gate.isOpen === true ? read(current.manager) : this.readOn('slave', read);
  }

  override outside<Result>(callback: () => Result): Result {
    return this.joined.outside(callback);
  }

  override async within<Result>(manager: EntityManager, steps: Steps<Result>): Promise<Result> {
    const runner = manager.queryRunner;
    if (runner === undefined) {
      throw new TypeError(
        'This EntityManager has no open transaction: use the one that transaction() passes to its callback.',
      );
    }
    return this.drive(runner, steps);
  }

  /** Whether the database rolled a transaction back because of another one: it may be tried again. */
  protected abstract isConflict(error: unknown): boolean;

  /** Whether the database rolled the whole transaction back, so that later statements have none. */
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

  /** Runs one statement and returns its rows. */
  protected abstract query(runner: QueryRunner, statement: Statement): Promise<readonly Row[]>;

  /**
   * Runs the steps, one after the other.
   *
   * @param onStep called when a step begins
   */
  protected async drive<Result>(
    runner: QueryRunner,
    steps: Steps<Result>,
    first: IteratorResult<Statement, Result> = steps.next(),
    onStep?: () => void,
  ): Promise<Result> {
    let step = first;
    while (step.done !== true) {
      // The pool may have lent its connection to another caller.
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

  private inSavepoint<Result>(
    { gate, manager, turns }: Joined,
    work: (manager: EntityManager) => Promise<Result>,
  ): Promise<Result> {
    return turns.run(() => manager.transaction((inner) => this.joined.run(inner, gate, work)));
  }
}
