import { TransactionEndedError } from './transaction-ended.error.js';

/** What a database says about the errors of its statements. */
export interface ErrorJudge {
  /** Whether the transaction may be tried again: another one was in its way. */
  isConflict(error: unknown): boolean;
  /** Whether the server has rolled the whole transaction back; what follows would commit by itself. */
  endsTransaction(error: unknown): boolean;
}

/**
 * Stands before the connection of one transaction: what is sent when the transaction is over would not
 * be rolled back, but commit by itself, or get into the next transaction. So from the end on nothing
 * passes, whoever sends it: the handler, a repository, or TypeORM in the middle of a `save()`.
 *
 * @internal
 */
export class StatementGate {
  /** Whether a statement failed because of another transaction, whatever became of that error. */
  hadConflict = false;
  private passing: 'everything' | 'COMMIT' | 'ROLLBACK' | 'nothing' = 'everything';
  private hasCommitted = false;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly judge: ErrorJudge) {}

  get isOpen(): boolean {
    return this.passing === 'everything';
  }

  get isCommitted(): boolean {
    return this.hasCommitted;
  }

  /** Only the statement that ends the transaction passes from now on. */
  end(statement: 'COMMIT' | 'ROLLBACK'): void {
    if (statement === 'COMMIT' && !this.isOpen) throw new TransactionEndedError();
    this.passing = statement;
  }

  /** Nothing passes from now on. */
  close(outcome: 'committed' | 'rolled back'): void {
    this.passing = 'nothing';
    this.hasCommitted = outcome === 'committed';
  }

  /**
   * Sends a statement.
   *
   * @throws {TransactionEndedError} when it may not pass
   */
  send<Result>(sql: unknown, statement: () => Result): Result {
    if (!this.isOpen && this.passing !== sql) throw new TransactionEndedError();
    return this.noting(statement);
  }

  /**
   * Sends a statement when those before have ended. Where one of them has ended the transaction, those that
   * the driver had queued behind it would commit by themselves.
   *
   * @throws {TransactionEndedError} when it may not pass
   */
  sendInTurn<Result>(sql: unknown, statement: () => Promise<Result>): Promise<Result> {
    if (!this.isOpen && this.passing !== sql) return Promise.reject(new TransactionEndedError());
    const turn = this.last.then(() => {
      // What was sent before the COMMIT belongs to the transaction, though its turn comes later.
      const mayPass = this.isOpen || this.passing === 'COMMIT' || this.passing === sql;
      if (!mayPass) throw new TransactionEndedError();
      return this.noting(statement);
    });
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private noting<Result>(statement: () => Result): Result {
    try {
      const result = statement();
      if (result instanceof Promise) result.catch((error: unknown) => this.note(error));
      return result;
    } catch (error) {
      this.note(error);
      throw error;
    }
  }

  private note(error: unknown): void {
    this.hadConflict ||= this.judge.isConflict(error);
    // Not only while it is open: a COMMIT may wait for the turn of a statement that nobody awaited.
    if (this.passing !== 'ROLLBACK' && this.judge.endsTransaction(error)) this.passing = 'nothing';
  }
}
