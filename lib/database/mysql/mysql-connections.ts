import type { DataSource, QueryRunner } from 'typeorm';
import { abandonedError, type ServerConnections } from '../connections/server-connections.js';
import type { Row } from '../statement.js';
import type { Connection } from './mysql-client.js';
import { isMysqlFault } from './mysql-fault.js';
import { killConnection } from './mysql-kill.js';

/** The part of mysql2's pool that is used here. */
interface Pool {
  readonly _freeConnections?: { readonly length: number };
}

/** The part of TypeORM's query runner that is used here. */
interface Runner {
  readonly databaseConnection?: Connection;
}

/** A session of the server. Its host tells it from a later session with the same number. */
export interface MysqlSession {
  readonly id: number;
  readonly host: string;
}

const WHO_AM_I = `SELECT CONNECTION_ID() AS id, (SELECT host
  FROM information_schema.processlist WHERE id = CONNECTION_ID()) AS host`;

const WORKING = `SELECT id FROM information_schema.processlist
  WHERE id = ? AND host = ? AND command <> 'Sleep'`;

const FIND_SESSION = 'SELECT id FROM information_schema.processlist WHERE id = ? AND host = ?';

/** mysql2's default size of a pool. */
const DEFAULT_POOL_SIZE = 10;

/**
 * The connections of the host's mysql2 pool, and their sessions on the MySQL or MariaDB server.
 *
 * @internal
 */
export class MysqlConnections implements ServerConnections<Connection, MysqlSession> {
  readonly poolSize: number;

  constructor(private readonly dataSource: DataSource) {
    this.poolSize = poolSizeOf(dataSource);
  }

  get idle(): number {
    const { pool } = this.dataSource.driver as unknown as { pool?: Pool };
    return pool?._freeConnections?.length ?? 0;
  }

  clientOf(runner: QueryRunner): Connection | undefined {
    return (runner as unknown as Runner).databaseConnection;
  }

  isFault(error: unknown): boolean {
    return isMysqlFault(error);
  }

  async introduce(connection: Connection): Promise<MysqlSession | undefined> {
    const [rows] = await connection.promise().query(WHO_AM_I);
    const [row] = rows as Row[];
    const host = row?.['host'];
    return typeof host === 'string' ? { id: Number(row?.['id']), host } : undefined;
  }

  async isWorking(connection: Connection, { id, host }: MysqlSession): Promise<boolean> {
    const [rows] = await connection.promise().query(WORKING, [id, host]);
    return (rows as Row[]).length > 0;
  }

  async endSessions(
    connection: Connection,
    sessions: readonly MysqlSession[],
    onStep: () => void,
  ): Promise<void> {
    const own = connection.promise();
    for (const { id, host } of sessions) {
      onStep();
      const [rows] = await own.query(FIND_SESSION, [id, host]);
      // It may end by itself in the same moment.
      if ((rows as Row[]).length > 0) {
        await own.query(`KILL CONNECTION ${id}`).catch(() => undefined);
      }
    }
  }

  end(runner: QueryRunner): boolean {
    const connection = this.clientOf(runner);
    if (connection === undefined) return false;
    connection.on('error', () => undefined);
    // First take the connection out of the pool, before another caller gets it; then fail what waits for an
    // answer.
    connection.destroy();
    connection.stream.destroy(abandonedError());
    void killConnection(connection);
    return true;
  }
}

function poolSizeOf(dataSource: DataSource): number {
  const options = dataSource.options as {
    poolSize?: number;
    extra?: { connectionLimit?: number };
    replication?: { master?: { poolSize?: number } };
  };
  return (
    options.extra?.connectionLimit ??
    options.replication?.master?.poolSize ??
    options.poolSize ??
    DEFAULT_POOL_SIZE
  );
}
