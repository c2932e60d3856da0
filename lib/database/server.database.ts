import type { DataSource, EntityManager, QueryRunner, ReplicationMode } from 'typeorm';
import type { Clock } from '../clock/clock.js';
import { AbandonedSessions } from './abandoned-sessions.js';
import { ConnectionUse } from './connection-use.js';
import { DatabaseTimeoutError } from './database-timeout.error.js';
import type { ResolvedDatabaseOptions } from './database.options.js';
import { ManagedTransaction } from './managed-transaction.js';
import { Semaphore } from './semaphore.js';
import { SilenceWatch } from './silence-watch.js';
import { SqlDatabase } from './sql-database.js';
import type { StatementGate } from './statement-gate.js';
import { TimeLimits } from './time-limits.js';

/**
 * Connections that long transactions leave to others: to accepting events, and to whatever a handler
 * does outside of its transaction, which would otherwise wait for a connection that it holds itself.
 */
const SPARE_CONNECTIONS = 3;

/** How much of a statement's time a connection may take to show that it works. */
const PROBE_PART = 0.4;

/** What is done with a connection, step by step. */
export type Work<Result> = (runner: QueryRunner, use: ConnectionUse) => Promise<Result>;

/**
 * A database behind a pool of connections. Every step of the library has a time limit: to get a connection,
 * and each statement. A connection that was too slow, or is at fault itself, is never used again; after
 * that, every other one has to show that it works before it is used, as they often break together.
 *
 * @internal
 */
export abstract class ServerDatabase<
  Client extends object = object,
  Session = unknown,
> extends SqlDatabase {
  /** Whose turn it is to have a connection for long: work of the host, which may be told to end. */
  private readonly turns: Semaphore;
  /** The isolation of transactions whose work may take long; the session's own where it is not said. */
  protected readonly isolation: 'READ COMMITTED' | undefined;
  private readonly limits: TimeLimits;
  private readonly abandoned: AbandonedSessions<Session>;
  private readonly sessions = new WeakMap<Client, Session>();
  /** How many faults there had been when a connection was last known to work. */
  private readonly provenAt = new WeakMap<Client, number>();
  /** What watches the transactions of work that may take long. */
  private readonly watches = new WeakMap<QueryRunner, SilenceWatch>();
  private faults = 0;
  private isProbing = false;

  /** @param poolSize how many connections the pool opens at most */
  constructor(
    dataSource: DataSource,
    protected readonly options: ResolvedDatabaseOptions,
    clock: Clock,
    readonly poolSize: number,
  ) {
    super(dataSource);
    this.turns = new Semaphore(Math.max(1, poolSize - SPARE_CONNECTIONS));
    const { statementTimeoutMs, readTimeoutMs } = options;
    const shortestMs = Math.min(statementTimeoutMs * PROBE_PART, readTimeoutMs);
    this.limits = new TimeLimits(clock, shortestMs, () => this.onTick());
    this.abandoned = new AbandonedSessions(clock, (sessions) => this.endSessions(sessions));
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
    const client = this.clientOf(runner);
    const session = client === undefined ? undefined : this.sessions.get(client);
    if (this.endConnection(runner)) {
      void release();
      if (session !== undefined) this.abandoned.add(session);
    } else {
      void runner.connect().then(release, () => undefined);
    }
  }

  /**
   * The statements of work that may be aborted are the host's, and have the time that the attempt has, as
   * long as the server works on them; those of other work are the library's.
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
        if (signal === undefined) this.watchQueries(runner, use);
        else this.watchHost(runner, use);
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
    // The library's own work is short: what was sent must not wait for handlers to be recorded.
    return signal === undefined ? run() : this.turns.run(run);
  }

  /** The connection, with every statement passing the gate in the moment in which the driver gets it. */
  protected abstract guard(connection: Client, gate: StatementGate): Client;

  /** The runner's connection; `undefined` while it waits for one. */
  protected abstract clientOf(runner: QueryRunner): Client | undefined;

  /**
   * Ends the runner's connection and takes it out of the pool.
   *
   * @returns false where the runner has no connection yet
   */
  protected abstract endConnection(runner: QueryRunner): boolean;

  /** Whether the error says that the connection is at fault, and not the statement. */
  protected abstract isFault(error: unknown): boolean;

  /**
   * Asks the server which session the connection has.
   *
   * @returns what {@link endSessions} has to know; `undefined` where nobody can be sure which one it is
   */
  protected abstract introduce(client: Client): Promise<Session | undefined>;

  /** Whether the server works on a statement of the session. */
  protected abstract isWorking(session: Session): Promise<boolean>;

  /** Ends those of the sessions that there still are. */
  protected abstract endSessions(sessions: readonly Session[]): Promise<void>;

  /** How many connections of the pool nobody uses. */
  protected abstract get idleConnections(): number;

  /** Is called from time to time while a connection is used or waited for. */
  protected onTick(): void {}

  /**
   * Lends a connection for a piece of work, each step of which may take so many milliseconds.
   *
   * @throws {DatabaseTimeoutError} as soon as a step takes longer; the connection is ended then
   */
  protected lend<Result>(
    mode: ReplicationMode,
    limitMs: number,
    work: Work<Result>,
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.withConnection(mode, limitMs, work, reject).then(resolve, reject);
    });
  }

  /** Each query that TypeORM sends is a step. */
  protected override readOn<Result>(
    mode: ReplicationMode,
    read: (manager: EntityManager) => Promise<Result>,
  ): Promise<Result> {
    return this.lend(mode, this.options.readTimeoutMs, (runner, use) => {
      this.watchQueries(runner, use);
      return read(runner.manager);
    });
  }

  private async withConnection<Result>(
    mode: ReplicationMode,
    limitMs: number,
    work: Work<Result>,
    reject: (error: Error) => void,
  ): Promise<Result> {
    const use = new ConnectionUse(this.limits);
    try {
      const runner = await this.connect(mode, use, reject);
      try {
        use.begin(limitMs, () => {
          use.isOver = true;
          this.discard(runner);
          void this.probeIdle(mode);
          reject(DatabaseTimeoutError.ofStatement(limitMs));
        });
        return await work(runner, use);
      } finally {
        if (use.isFaulty) this.discard(runner);
        if (!runner.isReleased) await runner.release();
      }
    } finally {
      use.end();
    }
  }

  /** Statements that do not pass TypeORM can meet with silence as well as those that do. */
  protected override watched<Result>(
    runner: QueryRunner,
    statement: () => Promise<Result>,
  ): Promise<Result> {
    const watch = this.watches.get(runner);
    return watch === undefined ? statement() : watch.during(statement);
  }

  /** Gets a connection that works. */
  private async connect(
    mode: ReplicationMode,
    use: ConnectionUse,
    reject: (error: Error) => void,
  ): Promise<QueryRunner> {
    const { statementTimeoutMs: limitMs } = this.options;
    const giveUpAt = this.limits.after(limitMs);
    do {
      const runner = this.dataSource.createQueryRunner(mode);
      use.begin(limitMs, () => {
        use.isOver = true;
        this.abandon(runner);
        reject(DatabaseTimeoutError.ofConnection(limitMs));
      });
      const client = (await runner.connect()) as Client;
      if (use.isOver) break;
      if (this.provenAt.get(client) === this.faults) return runner;
      if (await this.proves(runner, client, use)) return runner;
    } while (this.limits.after(0) < giveUpAt);
    throw DatabaseTimeoutError.ofConnection(limitMs);
  }

  /**
   * Whether a connection works that is new, or that was used last before another one was at fault. It is
   * abandoned where it does not.
   *
   * @throws when it is new, and its server says that it does not work: the next one would be no better
   */
  private async proves(runner: QueryRunner, client: Client, use: ConnectionUse): Promise<boolean> {
    const { faults } = this;
    try {
      const session = await this.introduceInTime(client, use);
      if (session !== undefined) this.sessions.set(client, session);
    } catch (error) {
      const isSilent = error instanceof DatabaseTimeoutError;
      if (isSilent || this.isFault(error)) {
        this.abandon(runner);
        if (!isSilent && !this.provenAt.has(client)) throw error;
        return false;
      }
      // The server has answered, if only that it does not understand the question.
    }
    this.provenAt.set(client, faults);
    return true;
  }

  private introduceInTime(client: Client, use: ConnectionUse): Promise<Session | undefined> {
    const limitMs = this.options.statementTimeoutMs * PROBE_PART;
    return new Promise((resolve, reject) => {
      use.begin(limitMs, () => reject(DatabaseTimeoutError.ofStatement(limitMs)));
      this.introduce(client).then(resolve, reject);
    });
  }

  /** All at once: one after the other, those of a large pool would take too long to be found silent. */
  private async probeIdle(mode: ReplicationMode): Promise<void> {
    if (this.isProbing) return;
    this.isProbing = true;
    const probes = Array.from({ length: this.idleConnections }, () =>
      this.lend(mode, this.options.statementTimeoutMs, () => Promise.resolve()),
    );
    await Promise.allSettled(probes);
    this.isProbing = false;
  }

  private discard(runner: QueryRunner): void {
    this.faults++;
    this.abandon(runner);
  }

  /** Has each query that TypeORM sends begin a step. */
  private watchQueries(runner: QueryRunner, use: ConnectionUse): void {
    this.wrapQueries(runner, use, (query) => {
      use.next();
      return query();
    });
  }

  /** Has a connection that is silent ended, whose statements may take as long as they like. */
  private watchHost(runner: QueryRunner, use: ConnectionUse): void {
    const client = this.clientOf(runner);
    const session = client === undefined ? undefined : this.sessions.get(client);
    const watch = new SilenceWatch({
      use,
      limitMs: this.options.statementTimeoutMs,
      // A pooler does not say which session it is.
      isWorking: async () => session === undefined || this.isWorking(session),
      onSilence: () => this.discard(runner),
    });
    this.watches.set(runner, watch);
    this.wrapQueries(runner, use, (query) => watch.during(query));
  }

  /** Notes the connection's faults, too. */
  private wrapQueries(
    runner: QueryRunner,
    use: ConnectionUse,
    around: (query: () => Promise<unknown>) => Promise<unknown>,
  ): void {
    const query = runner.query.bind(runner) as (...args: unknown[]) => Promise<unknown>;
    const watched = async (...args: unknown[]): Promise<unknown> => {
      try {
        return await around(() => query(...args));
      } catch (error) {
        use.isFaulty ||= this.isFault(error);
        throw error;
      }
    };
    Object.assign(runner, { query: watched });
  }
}

/** Why whatever waited for an abandoned connection failed. */
export function abandonedError(): Error {
  return new Error('the connection was ended, as its transaction was given up');
}
