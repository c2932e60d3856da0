import { createHash } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import type { DataSource, QueryRunner } from 'typeorm';
import type { Clock } from '../../clock/clock.js';
import { SafeLogger } from '../../logging/safe.logger.js';
import type { ConnectionUse } from '../connection-use.js';
import type { ResolvedDatabaseOptions } from '../database.options.js';
import { driverErrorOf } from '../driver-error.js';
import { PostgresArray } from './postgres-array.js';
import { cancelStatement, type CancellableClient } from './postgres-cancel.js';
import { isPostgresFault, isPostgresUnprepared } from './postgres-fault.js';
import { SlowConnects, type ConnectingPool } from './slow-connects.js';
import { abandonedError, ServerDatabase } from '../server.database.js';
import type { StatementLimit } from '../sql-database.js';
import type { Row, Statement, Steps } from '../statement.js';
import type { StatementGate } from '../statement-gate.js';
import { TransactionEndedError } from '../transaction-ended.error.js';

interface Query {
  readonly name?: string;
  readonly text: string;
  readonly values?: unknown[];
}

/** The part of a `pg` client that is used here. */
interface Client extends CancellableClient {
  query(
    query: Query | string,
    ...more: unknown[]
  ): Promise<{ readonly command?: string; rows: Row[] }>;
  /** Of `pg-native`, which TypeORM takes where the host has it, and which sends nothing but text. */
  readonly native?: unknown;
}

/** The part of TypeORM's query runner that is used here. */
interface Runner {
  readonly databaseConnection?: Client;
  /** Gives the connection back to the pool, which ends it where there is an error. */
  releaseCallback?: ((error?: Error) => void) | undefined;
}

/** The part of `pg`'s pool that is used here. */
interface Pool extends ConnectingPool {
  readonly idleCount: number;
  on(event: 'connect', listener: (client: EventEmitter) => void): void;
}

/** A session of the server: a number that was not given to a later one since. */
interface PostgresSession {
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

/** Error classes of PostgreSQL that speak of a value: data exception, integrity violation, program limit. */
const VALUE_ERROR_CLASSES = new Set(['22', '23', '54']);

/** A deadlock, and what cannot be serialized. */
const CONFLICTS = new Set(['40P01', '40001']);

/** What `pg` opens at most where the host does not say. */
const DEFAULT_POOL_SIZE = 10;

/**
 * PostgreSQL through the host's pool. Statements go to the `pg` client itself: prepared by name,
 * and out of reach of TypeORM's query log, which would print payloads.
 *
 * @internal
 */
export class PostgresDatabase extends ServerDatabase<Client, PostgresSession> {
  override readonly kind = 'postgres';
  override readonly lanes = 2;
  private readonly logger = new SafeLogger('WebhookModule');
  private readonly statementNames = new Map<string, string>();
  /** Connections that have one session of the server for themselves. */
  private readonly direct = new WeakSet<Client>();
  private readonly pools: readonly Pool[];
  private readonly slowConnects: SlowConnects;
  private hasToldOfPooler = false;
  /** A pooler that could not be recognized has mixed up prepared statements. */
  private neverPrepares = false;

  constructor(dataSource: DataSource, options: ResolvedDatabaseOptions, clock: Clock) {
    super(dataSource, options, clock, poolSizeOf(dataSource));
    this.pools = poolsOf(dataSource);
    for (const pool of this.pools) pool.on('connect', expectErrors);
    this.slowConnects = new SlowConnects(this.pools, options.statementTimeoutMs);
  }

  override isValueError(error: unknown): boolean {
    return VALUE_ERROR_CLASSES.has(driverErrorOf(error)?.code.slice(0, 2) ?? '');
  }

  override currentTimeMs(): Promise<number> {
    return this.onWriter(async (manager) => {
      const [row] = (await manager.query(
        'SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now',
      )) as { now: string }[];
      return Number(row?.now);
    });
  }

  protected override clientOf(runner: QueryRunner): Client | undefined {
    return (runner as unknown as Runner).databaseConnection;
  }

  protected override isFault(error: unknown): boolean {
    return isPostgresFault(error);
  }

  /** A pooler makes up a number for the session, as consecutive statements may run in different ones. */
  protected override async introduce(client: Client): Promise<PostgresSession | undefined> {
    const { rows } = await client.query({ text: WHO_AM_I });
    const [row] = rows;
    const pid = Number(row?.['pid']);
    if (client.native === undefined && client.processID !== pid) {
      this.tellOfPooler();
      return undefined;
    }
    this.direct.add(client);
    return { pid, since: String(row?.['since']) };
  }

  protected override async endSessions(sessions: readonly PostgresSession[]): Promise<void> {
    const values = [sessions.map(({ pid }) => pid), sessions.map(({ since }) => since)];
    await this.lend('master', this.options.statementTimeoutMs, async (runner) =>
      this.clientOf(runner)?.query({ text: END_SESSIONS, values }),
    );
  }

  protected override isWorking({ pid, since }: PostgresSession): Promise<boolean> {
    return this.lend('master', this.options.statementTimeoutMs, async (runner) => {
      const answer = await this.clientOf(runner)?.query({ text: WORKING, values: [pid, since] });
      return answer === undefined || answer.rows.length > 0;
    });
  }

  protected override get idleConnections(): number {
    return this.pools.reduce((count, { idleCount }) => count + idleCount, 0);
  }

  protected override onTick(): void {
    this.slowConnects.end();
  }

  protected override endConnection(runner: QueryRunner): boolean {
    const own = runner as unknown as Runner;
    const { databaseConnection: client, releaseCallback } = own;
    if (client === undefined) return false;
    // It broke, and was given back for that.
    if (releaseCallback === undefined) return true;
    own.releaseCallback = undefined;
    if (client.native !== undefined) {
      releaseCallback(abandonedError());
      return true;
    }
    const { stream } = client.connection;
    // Nothing is sent any more; but a pooler has to know the connection still when the request comes.
    stream.cork();
    void cancelStatement(client).then(() => {
      stream.destroy();
      releaseCallback(abandonedError());
    });
    return true;
  }

  /** What a pooler has mixed up is tried again without its being prepared. */
  protected override isConflict(error: unknown): boolean {
    if (isPostgresUnprepared(error)) {
      this.neverPrepares = true;
      this.tellOfPooler();
      return true;
    }
    return CONFLICTS.has(driverErrorOf(error)?.code ?? '');
  }

  protected override async runSteps<Result>(
    begin: () => Steps<Result>,
    limit: StatementLimit,
  ): Promise<Result> {
    const steps = begin();
    const first = steps.next();
    if (first.done === true) return first.value;
    // 'master': under replication a read replica must not be asked whether an event is known.
    return this.lend('master', this.options[limit], async (runner, use) => {
      const onStep = (): void => use.next();
      try {
        if (first.value.alone) return await this.drive(runner, steps, first, onStep);
        const client = (await runner.connect()) as Client;
        await client.query({ text: this.begin });
        const result = await this.drive(runner, steps, first, onStep);
        use.next();
        assertCommitted(await client.query({ text: 'COMMIT' }));
        return result;
      } catch (error) {
        use.isFaulty ||= isPostgresFault(error);
        if (!first.value.alone) await this.rollBack(runner, use);
        throw error;
      }
    });
  }

  protected override guard(client: Client, gate: StatementGate): Client {
    const query = (...given: Parameters<Client['query']>): unknown => {
      const text = textOf(given[0]);
      const commit = async (): Promise<unknown> => {
        const result = await client.query(...given);
        assertCommitted(result);
        return result;
      };
      return gate.send(text, text === 'COMMIT' ? commit : () => client.query(...given));
    };
    return new Proxy(client, {
      get: (target, property) =>
        property === 'query' ? query : (Reflect.get(target, property) as unknown),
    });
  }

  protected override async query(
    runner: QueryRunner,
    statement: Statement,
  ): Promise<readonly Row[]> {
    const client = (await runner.connect()) as Client;
    const { rows } = await client.query(this.toQuery(runner, statement));
    return rows;
  }

  /** The server was given the session's time limit as well: it outlives a process that is stopped. */
  private get begin(): string {
    return `BEGIN; SET LOCAL idle_in_transaction_session_timeout = ${2 * this.options.statementTimeoutMs}`;
  }

  /** A connection that cannot roll back must not return to the pool. */
  private async rollBack(runner: QueryRunner, use: ConnectionUse): Promise<void> {
    if (use.isOver || use.isFaulty) return;
    try {
      use.next();
      await this.clientOf(runner)?.query({ text: 'ROLLBACK' });
    } catch {
      use.isFaulty = true;
    }
  }

  private toQuery(runner: QueryRunner, { sql, parameters }: Statement): Query {
    const client = this.clientOf(runner);
    const asText = client?.native !== undefined;
    const values = parameters.map((value) =>
      value instanceof PostgresArray ? (asText ? value.values : value.toBuffer()) : value,
    );
    return this.prepares(client)
      ? { name: this.nameOf(sql), text: sql, values }
      : { text: sql, values };
  }

  private prepares(client: Client | undefined): boolean {
    const { preparedStatements } = this.options;
    if (this.neverPrepares || client === undefined) return false;
    return preparedStatements === 'auto' ? this.direct.has(client) : preparedStatements;
  }

  private tellOfPooler(): void {
    if (this.hasToldOfPooler || this.options.preparedStatements === false) return;
    this.hasToldOfPooler = true;
    this.logger.debug(
      'A pooler stands between the application and PostgreSQL: statements are not prepared by name. ' +
        'Where it keeps them apart, `database: { preparedStatements: true }` has them prepared.',
    );
  }

  private nameOf(sql: string): string {
    let name = this.statementNames.get(sql);
    if (name === undefined) {
      name = `hookline_${createHash('sha1').update(sql).digest('hex').slice(0, 16)}`;
      this.statementNames.set(sql, name);
    }
    return name;
  }
}

/** The text of whatever `pg` can be given to run. */
function textOf(query: string | Query): string {
  return typeof query === 'string' ? query : query.text;
}

/**
 * After a statement has failed, PostgreSQL answers COMMIT by rolling back, and calls that no error: where nobody
 * awaited the statement, nobody else would notice.
 *
 * @throws {TransactionEndedError}
 */
function assertCommitted({ command }: { readonly command?: string }): void {
  if (command === 'ROLLBACK') throw new TransactionEndedError();
}

/** None before the host has initialized its `DataSource`. */
function poolsOf({ driver }: DataSource): Pool[] {
  const { master, slaves = [] } = driver as unknown as { master?: Pool; slaves?: Pool[] };
  return master === undefined ? slaves : [master, ...slaves];
}

/**
 * A server that stops may end a connection in the same breath in which it opens it. Then the pool does not
 * listen for errors any more, and TypeORM not yet: Node.js would end the process for that. Whoever uses the
 * connection finds out that it is broken.
 */
function expectErrors(client: EventEmitter): void {
  client.on('error', () => undefined);
}

function poolSizeOf(dataSource: DataSource): number {
  const options = dataSource.options as { poolSize?: number; extra?: { max?: number } };
  // TypeORM gives both to the pool, `extra` last.
  return options.extra?.max ?? options.poolSize ?? DEFAULT_POOL_SIZE;
}
