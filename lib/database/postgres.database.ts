import { createHash } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import type { DataSource, QueryRunner } from 'typeorm';
import { PostgresArray } from './postgres-array.js';
import { cancelStatement, type CancellableClient } from './postgres-cancel.js';
import { abandonedError, ServerDatabase } from './server.database.js';
import type { Row, Statement, Steps } from './statement.js';
import type { StatementGate } from './statement-gate.js';

interface Query {
  readonly name?: string;
  readonly text: string;
  readonly values?: unknown[];
}

/** The part of a `pg` client that is used here. */
interface Client extends CancellableClient {
  query(query: Query | string, ...more: unknown[]): Promise<{ rows: Row[] }>;
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
interface Pool {
  on(event: 'connect', listener: (client: EventEmitter) => void): void;
}

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
export class PostgresDatabase extends ServerDatabase {
  override readonly kind = 'postgres';
  override readonly lanes = 2;
  private readonly statementNames = new Map<string, string>();

  constructor(dataSource: DataSource) {
    super(dataSource, poolSizeOf(dataSource));
    for (const pool of poolsOf(dataSource)) pool.on('connect', expectErrors);
  }

  override isValueError(error: unknown): boolean {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return typeof code === 'string' && VALUE_ERROR_CLASSES.has(code.slice(0, 2));
  }

  override currentTimeMs(): Promise<number> {
    return this.onWriter(async (manager) => {
      const [row] = (await manager.query(
        'SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now',
      )) as { now: string }[];
      return Number(row?.now);
    });
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

  protected override isConflict(error: unknown): boolean {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return typeof code === 'string' && CONFLICTS.has(code);
  }

  protected override async runSteps<Result>(begin: () => Steps<Result>): Promise<Result> {
    const steps = begin();
    const first = steps.next();
    if (first.done === true) return first.value;
    // 'master': under replication a read replica must not be asked whether an event is known.
    const runner = this.dataSource.createQueryRunner('master');
    try {
      const client = (await runner.connect()) as Client;
      if (first.value.alone) return await this.drive(runner, steps, first);
      await client.query({ text: 'BEGIN' });
      try {
        const result = await this.drive(runner, steps, first);
        await client.query({ text: 'COMMIT' });
        return result;
      } catch (error) {
        // A client whose connection broke cannot roll back; the server did when it noticed.
        await client.query({ text: 'ROLLBACK' }).catch(() => undefined);
        throw error;
      }
    } finally {
      await runner.release();
    }
  }

  protected override guard(client: Client, gate: StatementGate): Client {
    const query = (...given: Parameters<Client['query']>): unknown =>
      gate.send(textOf(given[0]), () => client.query(...given));
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
    const { rows } = await client.query(this.prepared(statement, client.native !== undefined));
    return rows;
  }

  private prepared({ sql, parameters }: Statement, asText: boolean): Query {
    const values = parameters.map((value) =>
      value instanceof PostgresArray ? (asText ? value.values : value.toBuffer()) : value,
    );
    let name = this.statementNames.get(sql);
    if (name === undefined) {
      name = `hookline_${createHash('sha1').update(sql).digest('hex').slice(0, 16)}`;
      this.statementNames.set(sql, name);
    }
    return { name, text: sql, values };
  }
}

/** The text of whatever `pg` can be given to run. */
function textOf(query: string | Query): string {
  return typeof query === 'string' ? query : query.text;
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
  return options.poolSize ?? options.extra?.max ?? DEFAULT_POOL_SIZE;
}
