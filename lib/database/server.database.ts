import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { ManagedTransaction } from './managed-transaction.js';
import { Semaphore } from './semaphore.js';
import { SqlDatabase } from './sql-database.js';
import type { StatementGate } from './statement-gate.js';

/**
 * Connections that long transactions leave to others: to accepting events, and to whatever a handler
 * does outside of its transaction, which would otherwise wait for a connection that it holds itself.
 */
const SPARE_CONNECTIONS = 3;

/**
 * A database behind a pool of connections.
 *
 * @internal
 */
export abstract class ServerDatabase extends SqlDatabase {
  /** Whose turn it is to have a connection for long. */
  private readonly turns: Semaphore;
  /** The isolation of transactions whose work may take long; the session's own where it is not said. */
  protected readonly isolation: 'READ COMMITTED' | undefined;

  /** @param poolSize how many connections the pool opens at most */
  constructor(
    dataSource: DataSource,
    readonly poolSize: number,
  ) {
    super(dataSource);
    this.turns = new Semaphore(Math.max(1, poolSize - SPARE_CONNECTIONS));
  }

  override get hasOneConnection(): boolean {
    return this.poolSize === 1;
  }

  /**
   * Ends the connection of a query runner that is not to be trusted or used any more. From this call on
   * nothing reaches the server through it, whoever sends it: what waits fails, an open transaction is
   * never committed, the server is asked to stop the statement that runs, and the pool opens another
   * connection. A runner that still waits for its connection gives it back unused.
   *
   * To release the runner afterwards does nothing. What ran in autocommit mode may have taken effect.
   */
  abandon(runner: QueryRunner): void {
    if (runner.isReleased) return;
    const release = runner.release.bind(runner);
    Object.assign(runner, { isTransactionActive: false, release: () => Promise.resolve() });
    if (this.endConnection(runner)) void release();
    else void runner.connect().then(release, () => undefined);
  }

  protected override runManaged<Result>(
    work: (manager: EntityManager) => Promise<Result>,
    gate: StatementGate,
    signal: AbortSignal | undefined,
  ): Promise<Result> {
    return this.turns.run(() => {
      // 'master': under replication a read replica cannot be written to.
      const runner = this.dataSource.createQueryRunner('master');
      const connect = runner.connect.bind(runner);
      let guarded: Promise<unknown> | undefined;
      runner.connect = () =>
        (guarded ??= connect().then((connection: unknown) => this.guard(connection, gate)));
      const { isolation } = this;
      const transaction = new ManagedTransaction({
        runner,
        gate,
        abandon: () => this.abandon(runner),
        ...(isolation === undefined ? {} : { isolation }),
      });
      return transaction.run(work, signal);
    });
  }

  /** The connection, with every statement passing the gate in the moment in which the driver gets it. */
  protected abstract guard(connection: unknown, gate: StatementGate): unknown;

  /**
   * Ends the runner's connection and takes it out of the pool.
   *
   * @returns false where the runner has no connection yet
   */
  protected abstract endConnection(runner: QueryRunner): boolean;
}

/** Why whatever waited for an abandoned connection failed. */
export function abandonedError(): Error {
  return new Error('the connection was ended, as its transaction was given up');
}
