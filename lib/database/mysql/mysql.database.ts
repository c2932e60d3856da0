import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { guardConnection } from './mysql-guard.js';
import type { Clock } from '../../clock/clock.js';
import type { ResolvedDatabaseOptions } from '../database.options.js';
import { driverErrorOf } from '../driver-error.js';
import { isMysqlFault, isMysqlUnprepared } from './mysql-fault.js';
import { killConnection, type KillableConnection } from './mysql-kill.js';
import { PacketTooLargeError } from './packet-too-large.error.js';
import { abandonedError, ServerDatabase } from '../server.database.js';
import type { StatementLimit } from '../sql-database.js';
import type { Row, Statement, Steps } from '../statement.js';
import type { StatementGate } from '../statement-gate.js';

/** The part of a mysql2 connection that is used here. */
interface Connection extends KillableConnection {
  readonly stream: KillableConnection['stream'] & { destroy(error: Error): void };
  on(event: 'error', listener: (error: Error) => void): void;
  promise(): {
    query(sql: string, values?: unknown[]): Promise<[unknown, unknown]>;
    execute(statement: { sql: string; values: unknown[] }): Promise<[unknown, unknown]>;
  };
  destroy(): void;
}

/** The part of mysql2's pool that is used here. */
interface Pool {
  readonly _freeConnections?: { readonly length: number };
}

/** The part of TypeORM's query runner that is used here. */
interface Runner {
  readonly databaseConnection?: Connection;
}

/** A session of the server: a number that was not given to another client since. */
interface MysqlSession {
  readonly id: number;
  readonly host: string;
}

const WHO_AM_I = `SELECT CONNECTION_ID() AS id, (SELECT host
  FROM information_schema.processlist WHERE id = CONNECTION_ID()) AS host`;

const WORKING = `SELECT id FROM information_schema.processlist
  WHERE id = ? AND host = ? AND command <> 'Sleep'`;

const FIND_SESSION = 'SELECT id FROM information_schema.processlist WHERE id = ? AND host = ?';

/** What the server is set to. */
interface ServerSettings {
  readonly maxPacket: number;
  /** Whether a lock that was waited for too long ends the whole transaction, and not the statement only. */
  readonly rollsBackOnTimeout: boolean;
}

/** SQLSTATE classes that speak of a value: data exception, integrity violation. */
const VALUE_ERROR_CLASSES = new Set(['22', '23']);

/** Errors about a value whose SQLSTATE is a general one: row size, packet, truncation, character. */
const VALUE_ERRORS = new Set([1118, 1153, 1265, 1301, 1366]);

const LOCK_WAIT_TIMEOUT = 1205;

/** The record has changed since the transaction read it, as MariaDB has it; and a deadlock. */
const LOST_TO_ANOTHER = [1020, 1213];

const CONFLICTS = new Set([LOCK_WAIT_TIMEOUT, ...LOST_TO_ANOTHER]);

/** After these nothing is left of the transaction; 1206 says that there is no room for further locks. */
const ROLLED_BACK = new Set([1206, ...LOST_TO_ANOTHER]);

/** What mysql2 opens at most where the host does not say. */
const DEFAULT_POOL_SIZE = 10;

/** What a statement takes in its packet beside the bytes of its values, at most, for each value. */
const BYTES_BESIDE_VALUE = 16;

const ISOLATION = 'READ COMMITTED';

/**
 * MySQL and MariaDB through the host's pool. Statements go to the mysql2 connection itself: prepared by
 * the server, so that no value is ever escaped into SQL text, and out of reach of TypeORM's query log.
 *
 * Transactions are READ COMMITTED, each by itself; the session stays as the host has set it. Under the
 * server's default each would lock the gaps between rows too, and read what was there when it began.
 *
 * @internal
 */
export class MysqlDatabase extends ServerDatabase<Connection, MysqlSession> {
  override readonly kind = 'mysql';
  protected override readonly isolation = ISOLATION;
  private server: ServerSettings | undefined;
  /** A proxy has mixed up prepared statements. */
  private neverPrepares = false;

  constructor(dataSource: DataSource, options: ResolvedDatabaseOptions, clock: Clock) {
    super(dataSource, options, clock, poolSizeOf(dataSource));
  }

  override isValueError(error: unknown): boolean {
    if (error instanceof PacketTooLargeError) return true;
    const { errno, sqlState } = driverErrorOf(error) ?? {};
    return (
      (errno !== undefined && VALUE_ERRORS.has(errno)) ||
      (sqlState !== undefined && VALUE_ERROR_CLASSES.has(sqlState.slice(0, 2)))
    );
  }

  /** The most bytes that one statement may have. */
  async maxPacketBytes(): Promise<number> {
    return (this.server ?? (await this.onWriter((manager) => this.readServer(manager)))).maxPacket;
  }

  protected override clientOf(runner: QueryRunner): Connection | undefined {
    return (runner as unknown as Runner).databaseConnection;
  }

  protected override isFault(error: unknown): boolean {
    return isMysqlFault(error);
  }

  protected override isWorking({ id, host }: MysqlSession): Promise<boolean> {
    return this.lend('master', this.options.statementTimeoutMs, async (runner) => {
      const answer = await this.clientOf(runner)?.promise().query(WORKING, [id, host]);
      return answer === undefined || (answer[0] as Row[]).length > 0;
    });
  }

  protected override get idleConnections(): number {
    const { pool } = this.dataSource.driver as unknown as { pool?: Pool };
    return pool?._freeConnections?.length ?? 0;
  }

  protected override async introduce(connection: Connection): Promise<MysqlSession | undefined> {
    const [rows] = await connection.promise().query(WHO_AM_I);
    const [row] = rows as Row[];
    const host = row?.['host'];
    return typeof host === 'string' ? { id: Number(row?.['id']), host } : undefined;
  }

  protected override async endSessions(sessions: readonly MysqlSession[]): Promise<void> {
    await this.lend('master', this.options.statementTimeoutMs, async (runner, use) => {
      const connection = this.clientOf(runner)?.promise();
      if (connection === undefined) return;
      for (const { id, host } of sessions) {
        use.next();
        const [rows] = await connection.query(FIND_SESSION, [id, host]);
        // It may end by itself in the same moment.
        if ((rows as Row[]).length > 0) {
          await connection.query(`KILL CONNECTION ${id}`).catch(() => undefined);
        }
      }
    });
  }

  protected override endConnection(runner: QueryRunner): boolean {
    const { databaseConnection: connection } = runner as unknown as Runner;
    if (connection === undefined) return false;
    connection.on('error', () => undefined);
    // Out of the pool, before anybody can be given it; then whatever waits for an answer fails.
    connection.destroy();
    connection.stream.destroy(abandonedError());
    void killConnection(connection);
    return true;
  }

  protected override isConflict(error: unknown): boolean {
    if (isMysqlUnprepared(error)) {
      this.neverPrepares = true;
      return true;
    }
    const errno = driverErrorOf(error)?.errno;
    return errno !== undefined && CONFLICTS.has(errno);
  }

  protected override endsTransaction(error: unknown): boolean {
    const errno = driverErrorOf(error)?.errno;
    if (errno === LOCK_WAIT_TIMEOUT) return this.server?.rollsBackOnTimeout === true;
    return errno !== undefined && ROLLED_BACK.has(errno);
  }

  override currentTimeMs(): Promise<number> {
    return this.onWriter(async (manager) => {
      // Not UNIX_TIMESTAMP(), which is an hour off at times in a session whose zone has summer time.
      const [row] = (await manager.query(
        "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) / 1000 AS now",
      )) as { now: string }[];
      return Number(row?.now);
    });
  }

  protected override async runSteps<Result>(
    steps: () => Steps<Result>,
    limit: StatementLimit,
  ): Promise<Result> {
    await this.maxPacketBytes();
    // 'master': under replication a read replica must not be asked whether an event is known.
    return this.lend('master', this.options[limit], async (runner, use) => {
      const session = ((await runner.connect()) as Connection).promise();
      const run = async (sql: string): Promise<void> => {
        use.next();
        await session.query(sql);
      };
      try {
        await run(`SET TRANSACTION ISOLATION LEVEL ${ISOLATION}`);
        await run('START TRANSACTION');
        const result = await this.drive(runner, steps(), undefined, () => use.next());
        await run('COMMIT');
        return result;
      } catch (error) {
        use.isFaulty ||= isMysqlFault(error);
        // A connection that cannot roll back must not return to the pool with a transaction open.
        if (!use.isOver && !use.isFaulty) await run('ROLLBACK').catch(() => (use.isFaulty = true));
        throw error;
      }
    });
  }

  protected override guard(connection: Connection, gate: StatementGate): Connection {
    return guardConnection(connection, gate);
  }

  protected override async query(
    runner: QueryRunner,
    { sql, parameters, counted }: Statement,
  ): Promise<readonly Row[]> {
    await this.assertFits(runner, sql, parameters);
    const connection = (await runner.connect()) as Connection;
    const session = connection.promise();
    const prepares = this.options.preparedStatements !== false && !this.neverPrepares;
    const [result] = prepares
      ? await session.execute({ sql, values: [...parameters] })
      : await session.query(sql, [...parameters]);
    if (counted) return [{ changed: (result as { affectedRows?: number }).affectedRows }];
    return Array.isArray(result) ? (result as Row[]) : [];
  }

  /** The server answers a packet that is too large by closing the connection, or not at all. */
  private async assertFits(
    { manager }: QueryRunner,
    sql: string,
    parameters: readonly unknown[],
  ): Promise<void> {
    const values = parameters.reduce<number>(
      (sum, value) =>
        sum + BYTES_BESIDE_VALUE + (typeof value === 'string' ? Buffer.byteLength(value) : 0),
      0,
    );
    const bytes = Buffer.byteLength(sql) + values;
    // On the connection that is there: to wait for another one could be to wait for this one.
    const { maxPacket: limit } = this.server ?? (await this.readServer(manager));
    if (bytes > limit) throw new PacketTooLargeError(bytes, limit);
  }

  private async readServer(manager: EntityManager): Promise<ServerSettings> {
    const [row] = (await manager.query(
      'SELECT @@max_allowed_packet AS bytes, @@innodb_rollback_on_timeout AS rolls_back',
    )) as Row[];
    this.server = {
      maxPacket: Number(row?.['bytes']),
      rollsBackOnTimeout: Number(row?.['rolls_back']) === 1,
    };
    return this.server;
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
