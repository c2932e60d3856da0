import type {
  DataSource,
  EntityManager,
  FindOneOptions,
  InsertQueryBuilder,
  ObjectLiteral,
  QueryRunner,
} from 'typeorm';
import type { Clock } from '../../clock/clock.js';
import type { ResolvedDatabaseOptions } from '../database.options.js';
import { ServerDatabase } from '../server.database.js';
import type { StatementLimit } from '../sql-database.js';
import type { DatabaseDemand } from '../start-up.js';
import type { Row, Statement, Steps } from '../statement.js';
import type { StatementGate } from '../statement-gate.js';
import { assertMysqlServer } from './assert-mysql-server.js';
import type { Connection } from './mysql-client.js';
import { MysqlConnections, type MysqlSession } from './mysql-connections.js';
import {
  endsMysqlTransaction,
  isMysqlConflict,
  isMysqlUnprepared,
  isMysqlValueError,
} from './mysql-error.js';
import { guardConnection } from './mysql-guard.js';
import { assertFits } from './mysql-packet.js';

/** Settings of the server. */
interface ServerSettings {
  readonly maxPacket: number;
  /** Whether a lock wait time-out ends the whole transaction, and not only the statement. */
  readonly rollsBackOnTimeout: boolean;
}

const ISOLATION = 'READ COMMITTED';

/**
 * MySQL and MariaDB through the host's pool. Statements go to the mysql2 connection itself: prepared by
 * the server, so that no value is ever escaped into SQL text, and out of reach of TypeORM's query log.
 *
 * Each transaction sets READ COMMITTED for itself; the session stays as the host has set it. Under the
 * server's default, REPEATABLE READ, it would also lock the gaps between rows, and read a snapshot from its
 * beginning.
 *
 * @internal
 */
export class MysqlDatabase extends ServerDatabase<Connection, MysqlSession> {
  override readonly kind = 'mysql';
  protected override readonly isolation = ISOLATION;
  private server: ServerSettings | undefined;
  /** Whether a proxy has mixed up prepared statements. */
  private neverPrepares = false;

  constructor(dataSource: DataSource, options: ResolvedDatabaseOptions, clock: Clock) {
    super(dataSource, options, clock, new MysqlConnections(dataSource));
  }

  override isValueError(error: unknown): boolean {
    return isMysqlValueError(error);
  }

  override assertServer(): Promise<void> {
    return assertMysqlServer(this);
  }

  override async prepare(demand: DatabaseDemand): Promise<readonly string[]> {
    const ofPool = await super.prepare(demand);
    const { maxPacket } = this.server ?? (await this.askServer());
    const ofPackets = [...demand.bodyLimits]
      .filter(([, limitBytes]) => limitBytes >= maxPacket)
      .map(
        ([source, limitBytes]) =>
          `The source '${source}' takes bodies of up to ${limitBytes} bytes, and the database server's ` +
          `\`max_allowed_packet\` is ${maxPacket}: larger ones could not be stored. Raise it on the server.`,
      );
    return [...ofPool, ...ofPackets];
  }

  /** Not IGNORE, which would also cut what is too long; this update changes nothing. */
  override keepExisting<Entity extends ObjectLiteral>(
    insert: InsertQueryBuilder<Entity>,
    key: readonly [string, ...string[]],
  ): InsertQueryBuilder<Entity> {
    return insert.orUpdate([key[0]], [...key]);
  }

  /** Under REPEATABLE READ, only a read that locks sees what was committed since its transaction began. */
  override get findingLatest(): Pick<FindOneOptions, 'lock'> {
    return { lock: { mode: 'pessimistic_write' } };
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

  protected override isConflict(error: unknown): boolean {
    if (isMysqlUnprepared(error)) {
      this.neverPrepares = true;
      return true;
    }
    return isMysqlConflict(error);
  }

  protected override endsTransaction(error: unknown): boolean {
    return endsMysqlTransaction(error, this.server?.rollsBackOnTimeout === true);
  }

  protected override async runSteps<Result>(
    steps: () => Steps<Result>,
    limit: StatementLimit,
  ): Promise<Result> {
    if (this.server === undefined) await this.askServer();
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
        use.isFaulty ||= this.connections.isFault(error);
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
    // Asks on this connection: the pool may have no other one, and waiting for it would never end.
    const { maxPacket } = this.server ?? (await this.readServer(runner.manager));
    assertFits(sql, parameters, maxPacket);
    const connection = (await runner.connect()) as Connection;
    const session = connection.promise();
    const prepares = this.options.preparedStatements !== false && !this.neverPrepares;
    const [result] = prepares
      ? await session.execute({ sql, values: [...parameters] })
      : await session.query(sql, [...parameters]);
    if (counted) return [{ changed: (result as { affectedRows?: number }).affectedRows }];
    return Array.isArray(result) ? (result as Row[]) : [];
  }

  private askServer(): Promise<ServerSettings> {
    return this.onWriter((manager) => this.readServer(manager));
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
