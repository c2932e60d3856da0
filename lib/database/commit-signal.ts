import type { EntityManager, EntitySubscriberInterface, QueryRunner } from 'typeorm';
import type { DataSource } from 'typeorm';

/**
 * Tells when a transaction that the library did not open has committed.
 *
 * @internal
 */
export class CommitSignal {
  private readonly listeners = new WeakMap<QueryRunner, Set<() => void>>();

  constructor(dataSource: DataSource) {
    const subscriber: EntitySubscriberInterface = {
      afterTransactionCommit: ({ queryRunner }) => this.settle(queryRunner, true),
      afterTransactionRollback: ({ queryRunner }) => this.settle(queryRunner, false),
    };
    dataSource.subscribers.push(subscriber);
  }

  /** Calls the listener once the manager's transaction has committed, and never if it rolls back. */
  afterCommit(manager: EntityManager, listener: () => void): void {
    const runner = manager.queryRunner;
    if (runner === undefined) return;
    const waiting = this.listeners.get(runner);
    if (waiting === undefined) this.listeners.set(runner, new Set([listener]));
    else waiting.add(listener);
  }

  private settle(runner: QueryRunner, committed: boolean): void {
    // A released savepoint is reported as a commit too; the outer transaction is still open then.
    if (runner.isTransactionActive) return;
    const waiting = this.listeners.get(runner);
    this.listeners.delete(runner);
    if (committed) for (const listener of waiting ?? []) listener();
  }
}
