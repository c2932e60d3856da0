import type { Row, Statement } from '../statement.js';

/** The part of a better-sqlite3 connection that is used here. */
export interface Connection {
  readonly inTransaction: boolean;
  readonly open: boolean;
  exec(sql: string): void;
  pragma(sql: string, options?: { readonly simple: boolean }): unknown;
  prepare(sql: string): PreparedStatement;
}

interface PreparedStatement {
  readonly reader: boolean;
  all(...parameters: unknown[]): Row[];
  run(...parameters: unknown[]): { readonly changes: number };
}

/**
 * The statements of a connection, each prepared once.
 *
 * @internal
 */
export class SqliteStatements {
  private readonly statements = new Map<string, PreparedStatement>();
  /** The connection that the statements belong to: the host may open another one. */
  private preparedOn: Connection | undefined;

  constructor(private readonly connection: () => Connection) {}

  /** Runs a statement and returns its rows. */
  run({ sql, parameters, counted }: Statement): readonly Row[] {
    const statement = this.prepare(sql);
    if (statement.reader) return statement.all(...parameters);
    const { changes } = statement.run(...parameters);
    return counted ? [{ changed: changes }] : [];
  }

  prepare(sql: string): PreparedStatement {
    const connection = this.connection();
    if (connection !== this.preparedOn) {
      this.statements.clear();
      this.preparedOn = connection;
    }
    let statement = this.statements.get(sql);
    if (statement === undefined) {
      statement = connection.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }
}
