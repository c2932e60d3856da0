import type { DataSource, QueryRunner } from 'typeorm';
import { Semaphore } from './semaphore.js';
import { SqlDatabase } from './sql-database.js';

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
  protected readonly turns: Semaphore;

  /** @param poolSize how many connections the pool opens at most */
  constructor(
    dataSource: DataSource,
    readonly poolSize: number,
  ) {
    super(dataSource);
    this.turns = new Semaphore(Math.max(1, poolSize - SPARE_CONNECTIONS));
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
