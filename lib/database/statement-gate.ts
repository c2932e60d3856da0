import { TransactionEndedError } from './transaction-ended.error.js';

/** Classifies the errors of a database's statements. */
export interface ErrorJudge {
  /** Whether the transaction may be tried again, because it conflicted with another one. */
  isConflict(error: unknown): boolean;
  /**
   * Whether the server has rolled the whole transaction back: later statements would commit by themselves.
   */
  endsTransaction(error: unknown): boolean;
}

/**
 * Guards the connection of one transaction. A statement after the end of the transaction would not be rolled
 * back, but commit by itself, or get into the next transaction. So nothing passes after the end, whatever
 * sends it: the handler, a repository, or TypeORM in the middle of a `save()`.
 *
 * @internal
 */
export class StatementGate {
  /** Whether a statement failed because of a conflict, even if the work caught the error. */
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

  /** From now on, lets only the statement pass that ends the transaction. */
  end(statement: 'COMMIT' | 'ROLLBACK'): void {
    if (statement === 'COMMIT' && !this.isOpen) throw new TransactionEndedError();
    this.passing = statement;
  }

  /** From now on, lets nothing pass. */
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
   * Sends a statement when the statements before it have ended. If one of them ended the transaction, those
   * that the driver has queued behind it would commit by themselves.
   *
   * @throws {TransactionEndedError} when it may not pass
   */
  sendInTurn<Result>(sql: unknown, statement: () => Promise<Result>): Promise<Result> {
    if (!this.isOpen && this.passing !== sql) return Promise.reject(new TransactionEndedError());
    const turn = this.last.then(() => {
      // A statement sent before the COMMIT belongs to the transaction, though its turn comes later.
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
    // Not only while it is open: a COMMIT may wait for a statement that the work did not await.
    if (this.passing !== 'ROLLBACK' && this.judge.endsTransaction(error)) this.passing = 'nothing';
  }
}
