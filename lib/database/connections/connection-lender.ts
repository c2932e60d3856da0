import type { DataSource, QueryRunner, ReplicationMode } from 'typeorm';
import type { Clock } from '../../clock/clock.js';
import type { ResolvedDatabaseOptions } from '../database.options.js';
import { DatabaseTimeoutError } from '../database-timeout.error.js';
import { AbandonedSessions } from './abandoned-sessions.js';
import { ConnectionProofs } from './connection-proofs.js';
import { ConnectionUse } from './connection-use.js';
import type { ServerConnections } from './server-connections.js';
import { TimeLimits } from './time-limits.js';

/** The part of a statement's time limit that a connection has to show that it works. */
const PROBE_PART = 0.4;

/** Work on a connection, step by step. */
export type Work<Result> = (runner: QueryRunner, use: ConnectionUse) => Promise<Result>;

/**
 * Lends connections of the host's pool. Getting one has a time limit, and so has each step of the work. A
 * connection that was too slow or faulty is ended, and never used again.
 *
 * @internal
 */
export class ConnectionLender<Client extends object, Session> {
  private readonly limits: TimeLimits;
  private readonly proofs: ConnectionProofs<Client, Session>;
  private readonly abandoned: AbandonedSessions<Session>;
  private isProbing = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly options: ResolvedDatabaseOptions,
    clock: Clock,
    private readonly connections: ServerConnections<Client, Session>,
  ) {
    const { statementTimeoutMs, readTimeoutMs } = options;
    const probeMs = statementTimeoutMs * PROBE_PART;
    const shortestMs = Math.min(probeMs, readTimeoutMs);
    this.limits = new TimeLimits(clock, shortestMs, () => connections.onTick?.());
    this.proofs = new ConnectionProofs(connections, probeMs);
    this.abandoned = new AbandonedSessions(clock, (sessions) => this.endSessions(sessions));
  }

  /**
   * Lends a connection for a piece of work, each step of which may take `limitMs` milliseconds.
   *
   * @throws {DatabaseTimeoutError} as soon as a step takes longer; the connection is ended then
   */
  lend<Result>(mode: ReplicationMode, limitMs: number, work: Work<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.withConnection(mode, limitMs, work, reject).then(resolve, reject);
    });
  }

  /** The session of the runner's connection, if it is known. */
  sessionOf(runner: QueryRunner): Session | undefined {
    return this.proofs.sessionOf(this.connections.clientOf(runner));
  }

  /** Asks the server, by another connection, whether it works on a statement of the session. */
  isWorking(session: Session): Promise<boolean> {
    return this.lend('master', this.options.statementTimeoutMs, async (runner) => {
      const client = this.connections.clientOf(runner);
      return client === undefined || this.connections.isWorking(client, session);
    });
  }

  /** Ends a faulty connection; every other one must show that it works before it is used again. */
  discard(runner: QueryRunner): void {
    this.proofs.noteFault();
    this.abandon(runner);
  }

  /**
   * Ends the connection of a query runner that must not be used any more. From this call on, no statement
   * reaches the server through it: pending ones fail, an open transaction never commits, the server is asked
   * to stop the running statement, and the pool opens another connection. A runner that still waits for its
   * connection gives it back unused.
   *
   * Releasing the runner afterwards does nothing. A statement in autocommit mode may have taken effect.
   */
  abandon(runner: QueryRunner): void {
    if (runner.isReleased) return;
    const release = runner.release.bind(runner);
    Object.assign(runner, { isTransactionActive: false, release: () => Promise.resolve() });
    const session = this.sessionOf(runner);
    if (this.connections.end(runner)) {
      void release();
      if (session !== undefined) this.abandoned.add(session);
    } else {
      void runner.connect().then(release, () => undefined);
    }
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
      if (this.proofs.isProven(client)) return runner;
      const proof = await this.proofs.prove(client, use);
      if (proof.works) return runner;
      this.abandon(runner);
      if (proof.reason !== undefined) throw proof.reason;
    } while (this.limits.after(0) < giveUpAt);
    throw DatabaseTimeoutError.ofConnection(limitMs);
  }

  /** Probes all idle connections at once: one after the other would take too long in a large pool. */
  private async probeIdle(mode: ReplicationMode): Promise<void> {
    if (this.isProbing) return;
    this.isProbing = true;
    const probes = Array.from({ length: this.connections.idle }, () =>
      this.lend(mode, this.options.statementTimeoutMs, () => Promise.resolve()),
    );
    await Promise.allSettled(probes);
    this.isProbing = false;
  }

  private endSessions(sessions: readonly Session[]): Promise<void> {
    return this.lend('master', this.options.statementTimeoutMs, async (runner, use) => {
      const client = this.connections.clientOf(runner);
      if (client !== undefined) {
        await this.connections.endSessions(client, sessions, () => use.next());
      }
    });
  }
}
