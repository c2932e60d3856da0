import type { DataSource, QueryRunner } from 'typeorm';
import type { Clock } from '../../clock/clock.js';
import type { ConnectionUse } from '../connections/connection-use.js';
import type { ResolvedDatabaseOptions } from '../database.options.js';
import { ServerDatabase } from '../server.database.js';
import type { StatementLimit } from '../sql-database.js';
import type { Row, Statement, Steps } from '../statement.js';
import type { StatementGate } from '../statement-gate.js';
import { TransactionEndedError } from '../transaction-ended.error.js';
import type { WakeUps } from '../wake-ups.js';
import type { Client, Query } from './postgres-client.js';
import { PostgresConnections, type PostgresSession } from './postgres-connections.js';
import { PostgresWakeUps } from './postgres-wake-ups.js';
import type { LinkPool } from './wake-up-link.js';
import {
  isPostgresConflict,
  isPostgresUnprepared,
  isPostgresValueError,
} from './postgres-error.js';
import { PostgresStatements } from './postgres-statements.js';

/**
 * PostgreSQL through the host's pool. Statements go to the `pg` client itself: prepared by name,
 * and out of reach of TypeORM's query log, which would print payloads.
 *
 * @internal
 */
export class PostgresDatabase extends ServerDatabase<Client, PostgresSession> {
  override readonly kind = 'postgres';
  override readonly lanes = 2;
  override readonly wakeUps: WakeUps;
  private readonly statements: PostgresStatements;

  constructor(dataSource: DataSource, options: ResolvedDatabaseOptions, clock: Clock) {
    const statements = new PostgresStatements(options.preparedStatements);
    super(
      dataSource,
      options,
      clock,
      new PostgresConnections(dataSource, statements, options.statementTimeoutMs),
    );
    this.statements = statements;
    const { schema, entityPrefix = '' } = dataSource.options as PostgresNames;
    this.wakeUps = new PostgresWakeUps({
      mode: options.wakeUps,
      pool: () => (dataSource.driver as unknown as { master?: LinkPool }).master,
      throughPool: (channel, text) => this.transaction(() => notifying(channel, text)),
      limitMs: options.statementTimeoutMs,
      schema,
      prefix: entityPrefix,
      clock,
    });
  }

  override isValueError(error: unknown): boolean {
    return isPostgresValueError(error);
  }

  override statement(sql: string, parameters: readonly unknown[]): Statement {
    let position = 0;
    return { sql: sql.replaceAll('?', () => `$${++position}`), parameters };
  }

  override currentTimeMs(): Promise<number> {
    return this.onWriter(async (manager) => {
      const [row] = (await manager.query(
        'SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now',
      )) as { now: string }[];
      return Number(row?.now);
    });
  }

  /** A statement that a pooler has mixed up runs again, unprepared. */
  protected override isConflict(error: unknown): boolean {
    if (isPostgresUnprepared(error)) {
      this.statements.foundMixedUp();
      return true;
    }
    return isPostgresConflict(error);
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
        use.isFaulty ||= this.connections.isFault(error);
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
    const query = this.statements.toQuery(this.connections.clientOf(runner), statement);
    const { rows } = await client.query(query);
    return rows;
  }

  /**
   * The server limits the time too, in case the process is suspended within the transaction. Under a host's
   * default of REPEATABLE READ, transactions that lock the same row would fail, one after the other.
   */
  private get begin(): string {
    return `BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL idle_in_transaction_session_timeout = ${2 * this.options.statementTimeoutMs}`;
  }

  /** A connection that cannot roll back must not return to the pool. */
  private async rollBack(runner: QueryRunner, use: ConnectionUse): Promise<void> {
    if (use.isOver || use.isFaulty) return;
    try {
      use.next();
      await this.connections.clientOf(runner)?.query({ text: 'ROLLBACK' });
    } catch {
      use.isFaulty = true;
    }
  }
}

/** What the names of the host's tables have in common. */
interface PostgresNames {
  readonly schema?: string;
  readonly entityPrefix?: string;
}

function* notifying(channel: string, text: string): Steps<void> {
  const sql = 'SELECT pg_notify($1::text, $2::text)';
  yield { sql, parameters: [channel, text], alone: true };
}

/** The text of a query, in any form that `pg` takes. */
function textOf(query: string | Query): string {
  return typeof query === 'string' ? query : query.text;
}

/**
 * After a statement has failed, PostgreSQL answers COMMIT by rolling back, without an error: if the work did
 * not await the statement, the failure would go unnoticed.
 *
 * @throws {TransactionEndedError}
 */
function assertCommitted({ command }: { readonly command?: string }): void {
  if (command === 'ROLLBACK') throw new TransactionEndedError();
}
