import type { SqlDatabase } from '../../database/sql-database.js';
import type { Statement } from '../../database/statement.js';
import { pollCursorDialectOf, type PollCursorDialect } from './dialects/poll-cursor.dialect.js';
import { PollCursorEntity } from './poll-cursor.entity.js';

/** Values by the names of their columns. */
type Values = Readonly<Record<string, unknown>>;

/**
 * The SQL of the rows of the pollers.
 *
 * @internal
 */
export class PollCursorStatements {
  private readonly dialect: PollCursorDialect;
  private quotedTable: string | undefined;

  constructor(private readonly database: SqlDatabase) {
    this.dialect = pollCursorDialectOf(database);
  }

  /** @param where the values that the row has */
  select(columns: readonly string[], where: Values): Statement {
    return this.selection(columns, where, '');
  }

  /** The same, and locks the row: the second of two processes finds it as the first has left it. */
  lock(columns: readonly string[], where: Values): Statement {
    return this.selection(columns, where, this.database.locksRows ? ' FOR UPDATE' : '');
  }

  update(name: string, values: Values): Statement {
    const changes = Object.keys(values).map((column) => `${this.database.quote(column)} = ?`);
    return this.database.statement(
      `UPDATE ${this.table} SET ${changes.join(', ')} WHERE name = ?`,
      [...Object.values(values), name],
    );
  }

  /** Another process may insert the row at the same time: the first one wins. */
  insert(values: Values): Statement {
    const columns = Object.keys(values).map((column) => this.database.quote(column));
    return this.database.statement(
      `INSERT INTO ${this.table} (${columns.join(', ')}, paused, run)
      VALUES (${columns.map(() => '?').join(', ')}, FALSE, 0) ${this.dialect.orKeep}`,
      Object.values(values),
    );
  }

  /** Changes the position, and takes the lease away from a run in progress. */
  reset(name: string, cursor: string | null, lookBack: string | null): Statement {
    return this.database.statement(
      `UPDATE ${this.table} SET ${this.database.quote('cursor')} = ?, look_back = ?, run = run + 1,
      leased_by = NULL, lease_until = NULL WHERE name = ?`,
      [cursor, lookBack, name],
    );
  }

  private selection(columns: readonly string[], where: Values, lock: string): Statement {
    const list = columns.map((column) => this.database.quote(column)).join(', ');
    const conditions = Object.keys(where).map((column) => `${column} = ?`);
    return this.database.statement(
      `SELECT ${list} FROM ${this.table} WHERE ${conditions.join(' AND ')}${lock}`,
      Object.values(where),
    );
  }

  private get table(): string {
    this.quotedTable ??= this.database.table(PollCursorEntity);
    return this.quotedTable;
  }
}
