import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { killConnection, type KillableConnection } from './mysql-kill.js';
import { PacketTooLargeError } from './packet-too-large.error.js';
import { abandonedError, ServerDatabase } from './server.database.js';
import type { Row, Statement, Steps } from './statement.js';

/** The part of a mysql2 connection that is used here. */
interface Connection extends KillableConnection {
  readonly stream: KillableConnection['stream'] & { destroy(error: Error): void };
  on(event: 'error', listener: (error: Error) => void): void;
  promise(): {
    query(sql: string): Promise<[unknown, unknown]>;
    execute(statement: { sql: string; values: unknown[] }): Promise<[unknown, unknown]>;
  };
  destroy(): void;
}

/** The part of TypeORM's query runner that is used here. */
interface Runner {
  readonly databaseConnection?: Connection;
}

/** SQLSTATE classes that speak of a value: data exception, integrity violation. */
const VALUE_ERROR_CLASSES = new Set(['22', '23']);

/** Errors about a value whose SQLSTATE is a general one: row size, packet, truncation, character. */
const VALUE_ERRORS = new Set([1118, 1153, 1265, 1301, 1366]);

/** A deadlock, and a lock that was waited for too long. */
const CONFLICTS = new Set([1205, 1213]);

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
export class MysqlDatabase extends ServerDatabase {
  override readonly kind = 'mysql';
  private maxPacket: Promise<number> | undefined;

  constructor(dataSource: DataSource) {
    super(dataSource, poolSizeOf(dataSource));
  }

  override isValueError(error: unknown): boolean {
    if (error instanceof PacketTooLargeError) return true;
    if (!(error instanceof Error)) return false;
    const { errno, sqlState } = error as { errno?: unknown; sqlState?: unknown };
    return (
      (typeof errno === 'number' && VALUE_ERRORS.has(errno)) ||
      (typeof sqlState === 'string' && VALUE_ERROR_CLASSES.has(sqlState.slice(0, 2)))
    );
  }

  /** The most bytes that one statement may have. */
  maxPacketBytes(): Promise<number> {
    this.maxPacket ??= this.readMaxPacket().catch((error: unknown) => {
      this.maxPacket = undefined;
      throw error;
    });
    return this.maxPacket;
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
    const errno = error instanceof Error && 'errno' in error ? error.errno : undefined;
    return typeof errno === 'number' && CONFLICTS.has(errno);
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

  protected override async runSteps<Result>(steps: () => Steps<Result>): Promise<Result> {
    await this.maxPacketBytes();
    // 'master': under replication a read replica must not be asked whether an event is known.
    const runner = this.dataSource.createQueryRunner('master');
    try {
      const connection = (await runner.connect()) as Connection;
      const session = connection.promise();
      try {
        await session.query(`SET TRANSACTION ISOLATION LEVEL ${ISOLATION}`);
        await session.query('START TRANSACTION');
        const result = await this.drive(runner, steps());
        await session.query('COMMIT');
        return result;
      } catch (error) {
        // A connection that cannot roll back must not return to the pool with a transaction open.
        await session.query('ROLLBACK').catch(() => connection.destroy());
        throw error;
      }
    } finally {
      await runner.release();
    }
  }

  protected override runManaged<Result>(
    work: (manager: EntityManager) => Promise<Result>,
  ): Promise<Result> {
    return this.turns.run(() => this.dataSource.transaction(ISOLATION, work));
  }

  protected override async query(
    runner: QueryRunner,
    { sql, parameters, counted }: Statement,
  ): Promise<readonly Row[]> {
    await this.assertFits(sql, parameters);
    const connection = (await runner.connect()) as Connection;
    const [result] = await connection.promise().execute({ sql, values: [...parameters] });
    if (counted) return [{ changed: (result as { affectedRows?: number }).affectedRows }];
    return Array.isArray(result) ? (result as Row[]) : [];
  }

  /** The server answers a packet that is too large by closing the connection, or not at all. */
  private async assertFits(sql: string, parameters: readonly unknown[]): Promise<void> {
    const values = parameters.reduce<number>(
      (sum, value) =>
        sum + BYTES_BESIDE_VALUE + (typeof value === 'string' ? Buffer.byteLength(value) : 0),
      0,
    );
    const bytes = Buffer.byteLength(sql) + values;
    const limit = await this.maxPacketBytes();
    if (bytes > limit) throw new PacketTooLargeError(bytes, limit);
  }

  private async readMaxPacket(): Promise<number> {
    const runner = this.dataSource.createQueryRunner('master');
    try {
      const [row] = (await runner.query('SELECT @@max_allowed_packet AS bytes')) as Row[];
      return Number(row?.['bytes']);
    } finally {
      await runner.release();
    }
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
