import { setTimeout as sleep } from 'node:timers/promises';
import type { EntityManager, QueryRunner } from 'typeorm';
import type { StatementGate } from './statement-gate.js';
import { TransactionEndedError } from './transaction-ended.error.js';
import { unlessAborted } from './unless-aborted.js';

/** What TypeORM's query runner counts: 1 for the transaction, and 1 more for each savepoint inside of it. */
interface Depth {
  transactionDepth: number;
}

export interface ManagedTransactionOptions {
  /** Made for this transaction, with a manager of its own. */
  readonly runner: QueryRunner;
  /** Stands before the runner's connection. */
  readonly gate: StatementGate;
  readonly isolation?: 'READ COMMITTED';
  /** Ends the transaction at once, without waiting for what runs in it. */
  abandon(): void;
  /** Gives the runner back, after a transaction that was not abandoned. */
  release(): Promise<void>;
}

/**
 * One transaction in which work of any length runs. When its signal is aborted, it is over at that moment:
 * a ROLLBACK would wait behind the statement that runs, and the next one of the work would follow it and
 * commit by itself.
 *
 * @internal
 */
export class ManagedTransaction {
  private isAbandoned = false;

  constructor(private readonly options: ManagedTransactionOptions) {}

  /** @throws whatever the work throws, or the reason of the signal; nothing is committed then */
  async run<Result>(
    work: (manager: EntityManager) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> {
    signal?.throwIfAborted();
    const abort = (): void => this.abandon();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return await unlessAborted(this.attempt(work), signal);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  private async attempt<Result>(
    work: (manager: EntityManager) => Promise<Result>,
  ): Promise<Result> {
    const { runner, gate, isolation } = this.options;
    try {
      await runner.connect();
      if (this.isAbandoned) throw new TransactionEndedError();
      await runner.startTransaction(isolation);
      const result = await work(runner.manager);
      await this.innermostEnded();
      gate.end('COMMIT');
      await runner.commitTransaction();
      gate.close('committed');
      return result;
    } catch (error) {
      if (!this.isAbandoned) await this.rollBack();
      throw error;
    } finally {
      if (!this.isAbandoned) await this.options.release();
    }
  }

  /**
   * Waits for nested transactions that the work did not await: TypeORM would take the COMMIT for the end of
   * such a one.
   */
  private async innermostEnded(): Promise<void> {
    const { runner } = this.options;
    while (!runner.isReleased && depthOf(runner).transactionDepth > 1) await sleep(1);
  }

  private async rollBack(): Promise<void> {
    const { runner, gate } = this.options;
    gate.end('ROLLBACK');
    if (runner.isTransactionActive) {
      // Rolls all of it back, not only to a savepoint that the work left open.
      depthOf(runner).transactionDepth = 1;
      await runner.rollbackTransaction().catch(() => this.abandon());
    }
    gate.close('rolled back');
  }

  private abandon(): void {
    if (this.isAbandoned) return;
    this.isAbandoned = true;
    this.options.gate.close('rolled back');
    this.options.abandon();
  }
}

function depthOf(runner: QueryRunner): Depth {
  return runner as unknown as Depth;
}
