import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntityManager } from 'typeorm';
import { Semaphore } from './semaphore.js';
import type { StatementGate } from './statement-gate.js';
import { TransactionEndedError } from './transaction-ended.error.js';

/** The transaction of the work that runs. */
export interface Joined {
  readonly manager: EntityManager;
  readonly gate: StatementGate;
  /** Lets one caller at a time have a savepoint or run steps: those of two callers would mix. */
  readonly turns: Semaphore;
}

/**
 * Knows the transaction of the running work: every call inside the work joins it, directly or not.
 *
 * @internal
 */
export class JoinedTransactions {
  private readonly joined = new AsyncLocalStorage<Joined>();

  /** The transaction of the caller's work, even if it has ended. */
  get current(): Joined | undefined {
    return this.joined.getStore();
  }

  /**
   * The open transaction of the caller's work. Work that goes on after its transaction has committed gets
   * `undefined`: it may commit by itself. Work that failed or was aborted must not.
   *
   * @throws {TransactionEndedError} for work that goes on after it failed or was aborted
   */
  open(): Joined | undefined {
    const { current } = this;
    if (current === undefined || current.gate.isCommitted) return undefined;
    if (!current.gate.isOpen) throw new TransactionEndedError();
    return current;
  }

  /**
   * Runs work in an open transaction, and waits for the calls that joined it: a COMMIT would cut them off.
   */
  run<Result>(
    manager: EntityManager,
    gate: StatementGate,
    work: (manager: EntityManager) => Promise<Result>,
  ): Promise<Result> {
    const turns = new Semaphore(1);
    return this.joined.run({ manager, gate, turns }, async () => {
      const result = await work(manager);
      await turns.run(() => Promise.resolve());
      return result;
    });
  }

  /** Calls something that must not join the caller's transaction. */
  outside<Result>(callback: () => Result): Result {
    return this.joined.exit(callback);
  }
}
