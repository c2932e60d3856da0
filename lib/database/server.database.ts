import type { DataSource, EntityManager, QueryRunner, ReplicationMode } from 'typeorm';
import type { Clock } from '../clock/clock.js';
import { ConnectionLender, type Work } from './connections/connection-lender.js';
import type { ServerConnections } from './connections/server-connections.js';
import { StatementWatch } from './connections/statement-watch.js';
import type { ResolvedDatabaseOptions } from './database.options.js';
import { ManagedTransaction } from './managed-transaction.js';
import { Semaphore } from './semaphore.js';
import type { DatabaseDemand } from './start-up.js';
import type { StatementGate } from './statement-gate.js';
import { TransactionalDatabase } from './transactional.database.js';

/**
 * Connections that long transactions leave free: for accepting events, and for calls that a handler makes
 * outside of its transaction, which would otherwise wait for the handler's own connection.
 */
const SPARE_CONNECTIONS = 3;

/**
 * A database behind a pool of connections. Everything that the library does has a time limit: getting a
 * connection, and each statement.
 *
 * @internal
 */
export abstract class ServerDatabase<
  Client extends object = object,
  Session = unknown,
> extends TransactionalDatabase {
  /** How many connections the pool opens at most. */
  readonly poolSize: number;
  /** The isolation of transactions whose work may take long; if undefined, the session's own. */
  protected readonly isolation: 'READ COMMITTED' | undefined;
  private readonly lender: ConnectionLender<Client, Session>;
  private readonly watch: StatementWatch<Client, Session>;
  /** Limits how many connections the host's work, which may take long, uses at a time. */
  private readonly turns: Semaphore;

  constructor(
    dataSource: DataSource,
    protected readonly options: ResolvedDatabaseOptions,
    clock: Clock,
    protected readonly connections: ServerConnections<Client, Session>,
  ) {
    super(dataSource);
    this.poolSize = connections.poolSize;
    this.turns = new Semaphore(Math.max(1, this.poolSize - SPARE_CONNECTIONS));
    this.lender = new ConnectionLender(dataSource, options, clock, connections);
    this.watch = new StatementWatch(this.lender, connections, options.statementTimeoutMs);
  }

  override get hasOneConnection(): boolean {
    return this.poolSize === 1;
  }

  override async prepare({ transactionalHandler }: DatabaseDemand): Promise<readonly string[]> {
    if (!this.hasOneConnection || transactionalHandler === undefined) return [];
    return [
      'The pool of the data source has one connection, and a transactional handler or rule ' +
        `(${transactionalHandler}) keeps it for as long as it runs: accepting events, claiming jobs and ` +
        'renewing leases wait meanwhile, and a query of the handler outside of its transaction waits until its ' +
        'time-out. Set `poolSize` to 5 or more in TypeOrmModule.forRoot.',
    ];
  }

  /** Ends the connection of a query runner; see {@link ConnectionLender.abandon}. */
  abandon(runner: QueryRunner): void {
    this.lender.abandon(runner);
  }

  /**
   * Work with a signal is the host's: its statements have the time of the attempt, as long as the server
   * works on them. Other work is the library's.
   */
  protected override runManaged<Result>(
    work: (manager: EntityManager) => Promise<Result>,
    gate: StatementGate,
    signal: AbortSignal | undefined,
  ): Promise<Result> {
    const limitMs = signal === undefined ? this.options.readTimeoutMs : Infinity;
    const run = (): Promise<Result> =>
      // 'master': under replication a read replica cannot be written to.
      this.lend('master', limitMs, async (runner, use) => {
        const connection = this.guard((await runner.connect()) as Client, gate);
        runner.connect = () => Promise.resolve(connection);
        if (signal === undefined) this.watch.limitSteps(runner, use);
        else this.watch.endWhenSilent(runner, use);
        const { isolation } = this;
        const transaction = new ManagedTransaction({
          runner,
          gate,
          abandon: () => this.abandon(runner),
          release: () => Promise.resolve(),
          ...(isolation === undefined ? {} : { isolation }),
        });
        return transaction.run(work, signal);
      });
    // The library's own work is short: recording a sent notification must not wait for handlers.
    return signal === undefined ? run() : this.turns.run(run);
  }

  /** Each query that TypeORM sends is a step. */
  protected override readOn<Result>(
    mode: ReplicationMode,
    read: (manager: EntityManager) => Promise<Result>,
  ): Promise<Result> {
    return this.lend(mode, this.options.readTimeoutMs, (runner, use) => {
      this.watch.limitSteps(runner, use);
      return read(runner.manager);
    });
  }

  protected override watched<Result>(
    runner: QueryRunner,
    statement: () => Promise<Result>,
  ): Promise<Result> {
    return this.watch.during(runner, statement);
  }

  /** Lends a connection; see {@link ConnectionLender.lend}. */
  protected lend<Result>(
    mode: ReplicationMode,
    limitMs: number,
    work: Work<Result>,
  ): Promise<Result> {
    return this.lender.lend(mode, limitMs, work);
  }

  /** The connection, with every statement passing the gate at the moment when the driver gets it. */
  protected abstract guard(connection: Client, gate: StatementGate): Client;
}
