import type { EventEmitter } from 'node:events';
import type { DataSource, QueryRunner } from 'typeorm';
import { abandonedError, type ServerConnections } from '../connections/server-connections.js';
import { cancelStatement } from './postgres-cancel.js';
import type { Client } from './postgres-client.js';
import { isPostgresFault } from './postgres-fault.js';
import type { PostgresStatements } from './postgres-statements.js';
import { SlowConnects, type ConnectingPool } from './slow-connects.js';

/** The part of TypeORM's query runner that is used here. */
interface Runner {
  readonly databaseConnection?: Client;
  /** Gives the connection back to the pool, which ends it if there is an error. */
  releaseCallback?: ((error?: Error) => void) | undefined;
}

/** The part of `pg`'s pool that is used here. */
interface Pool extends ConnectingPool {
  readonly idleCount: number;
  on(event: 'connect', listener: (client: EventEmitter) => void): void;
}

/** A session of the server. Its start tells it from a later session with the same process id. */
export interface PostgresSession {
  readonly pid: number;
  readonly since: string;
}

const WHO_AM_I = `SELECT pg_backend_pid() AS pid, (SELECT extract(epoch FROM backend_start)::text
  FROM pg_stat_activity WHERE pid = pg_backend_pid()) AS since`;

const WORKING = `SELECT 1 FROM pg_stat_activity WHERE pid = $1::integer
  AND extract(epoch FROM backend_start)::text = $2 AND state = 'active'`;

const END_SESSIONS = `SELECT pg_terminate_backend(session.pid) FROM pg_stat_activity AS session
  JOIN unnest($1::integer[], $2::text[]) AS abandoned (pid, since) ON session.pid = abandoned.pid
    AND extract(epoch FROM session.backend_start)::text = abandoned.since`;

/** `pg`'s default size of a pool. */
const DEFAULT_POOL_SIZE = 10;

/**
 * The connections of the host's `pg` pools, and their sessions on the PostgreSQL server.
 *
 * @internal
 */
export class PostgresConnections implements ServerConnections<Client, PostgresSession> {
  readonly poolSize: number;
  private readonly pools: readonly Pool[];
  private readonly slowConnects: SlowConnects;

  /**
   * @param statements told whether a pooler stands before the server
   * @param connectTimeoutMs how long it may take to connect, in milliseconds
   */
  constructor(
    dataSource: DataSource,
    private readonly statements: PostgresStatements,
    connectTimeoutMs: number,
  ) {
    this.poolSize = poolSizeOf(dataSource);
    this.pools = poolsOf(dataSource);
    for (const pool of this.pools) pool.on('connect', expectErrors);
    this.slowConnects = new SlowConnects(this.pools, connectTimeoutMs);
  }

  get idle(): number {
    return this.pools.reduce((count, { idleCount }) => count + idleCount, 0);
  }

  clientOf(runner: QueryRunner): Client | undefined {
    return (runner as unknown as Runner).databaseConnection;
  }

  isFault(error: unknown): boolean {
    return isPostgresFault(error);
  }

  onTick(): void {
    this.slowConnects.end();
  }

  /**
   * A pooler invents the client's process id, because consecutive statements may run in different sessions.
   */
  async introduce(client: Client): Promise<PostgresSession | undefined> {
    const { rows } = await client.query({ text: WHO_AM_I });
    const [row] = rows;
    const pid = Number(row?.['pid']);
    if (client.native === undefined && client.processID !== pid) {
      this.statements.foundPooler();
      return undefined;
    }
    this.statements.foundDirect(client);
    return { pid, since: String(row?.['since']) };
  }

  async isWorking(client: Client, { pid, since }: PostgresSession): Promise<boolean> {
    const { rows } = await client.query({ text: WORKING, values: [pid, since] });
    return rows.length > 0;
  }

  async endSessions(client: Client, sessions: readonly PostgresSession[]): Promise<void> {
    const values = [sessions.map(({ pid }) => pid), sessions.map(({ since }) => since)];
    await client.query({ text: END_SESSIONS, values });
  }

  end(runner: QueryRunner): boolean {
    const own = runner as unknown as Runner;
    const { databaseConnection: client, releaseCallback } = own;
    if (client === undefined) return false;
    // It broke, and is back in the pool already.
    if (releaseCallback === undefined) return true;
    own.releaseCallback = undefined;
    if (client.native !== undefined) {
      releaseCallback(abandonedError());
      return true;
    }
    const { stream } = client.connection;
    // Send nothing more, but keep it open: a pooler must still know the connection when the cancel request
    // comes.
    stream.cork();
    void cancelStatement(client).then(() => {
      stream.destroy();
      releaseCallback(abandonedError());
    });
    return true;
  }
}

/** None before the host has initialized its `DataSource`. */
function poolsOf({ driver }: DataSource): Pool[] {
  const { master, slaves = [] } = driver as unknown as { master?: Pool; slaves?: Pool[] };
  return master === undefined ? slaves : [master, ...slaves];
}

/**
 * A server in shutdown may end a connection right after it has opened it. At that moment the pool does not
 * listen for errors any more, and TypeORM does not listen yet: Node.js would end the process. The next
 * statement on the connection reports the error.
 */
function expectErrors(client: EventEmitter): void {
  client.on('error', () => undefined);
}

function poolSizeOf(dataSource: DataSource): number {
  const options = dataSource.options as { poolSize?: number; extra?: { max?: number } };
  // TypeORM gives both to the pool, `extra` last.
  return options.extra?.max ?? options.poolSize ?? DEFAULT_POOL_SIZE;
}
