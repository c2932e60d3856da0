import { createHash } from 'node:crypto';
import { SafeLogger } from '../../logging/safe.logger.js';
import type { Statement } from '../statement.js';
import { PostgresArray } from './postgres-array.js';
import type { Client, Query } from './postgres-client.js';

/**
 * Statements as `pg` takes them: prepared by name, unless a pooler hands out the server's sessions.
 *
 * @internal
 */
export class PostgresStatements {
  private readonly logger = new SafeLogger('WebhookModule');
  private readonly names = new Map<string, string>();
  /** Connections that have one session of the server for themselves. */
  private readonly direct = new WeakSet<Client>();
  private hasToldOfPooler = false;
  /** Whether a pooler that was not recognized has mixed up prepared statements. */
  private neverPrepares = false;

  constructor(private readonly preparedStatements: 'auto' | boolean) {}

  toQuery(client: Client | undefined, { sql, parameters }: Statement): Query {
    const asText = client?.native !== undefined;
    const values = parameters.map((value) =>
      value instanceof PostgresArray ? (asText ? value.values : value.toBuffer()) : value,
    );
    return this.prepares(client)
      ? { name: this.nameOf(sql), text: sql, values }
      : { text: sql, values };
  }

  /** Notes that the connection has one session of the server for itself. */
  foundDirect(client: Client): void {
    this.direct.add(client);
  }

  /** Notes that a pooler stands before the server. */
  foundPooler(): void {
    if (this.hasToldOfPooler || this.preparedStatements === false) return;
    this.hasToldOfPooler = true;
    this.logger.debug(
      'A pooler stands between the application and PostgreSQL: statements are not prepared by name. ' +
        'If it keeps them apart, set `database: { preparedStatements: true }`.',
    );
  }

  /** Notes that a pooler has given a prepared statement to another session. */
  foundMixedUp(): void {
    this.neverPrepares = true;
    this.foundPooler();
  }

  private prepares(client: Client | undefined): boolean {
    if (this.neverPrepares || client === undefined) return false;
    const { preparedStatements } = this;
    return preparedStatements === 'auto' ? this.direct.has(client) : preparedStatements;
  }

  private nameOf(sql: string): string {
    let name = this.names.get(sql);
    if (name === undefined) {
      name = `hookline_${createHash('sha1').update(sql).digest('hex').slice(0, 16)}`;
      this.names.set(sql, name);
    }
    return name;
  }
}
