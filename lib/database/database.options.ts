/**
 * How the library uses the data source.
 *
 * @publicApi
 */
export interface DatabaseOptions {
  /**
   * How long a statement of the library may take, in milliseconds, and how long it waits for a connection.
   * After that the statement fails, and its connection is ended and replaced. On SQLite: how long to wait
   * for another process to release its lock. @default 5_000
   */
  readonly statementTimeoutMs?: number;
  /**
   * The same for each statement that nobody waits for, or whose size the library does not know, in
   * milliseconds: those of pollers, of the services' lists, counts and changes, of retention, and of the
   * checks at start-up. @default 20_000
   */
  readonly readTimeoutMs?: number;
  /**
   * Whether statements are prepared by name, once a connection. `'auto'` does so unless a pooler stands
   * between the application and PostgreSQL. @default 'auto'
   */
  readonly preparedStatements?: 'auto' | boolean;
}

/** @internal */
export type ResolvedDatabaseOptions = Required<DatabaseOptions>;

/** @internal */
export const RESOLVED_DATABASE_OPTIONS = Symbol('hookline:database-options');

export const DEFAULT_DATABASE_OPTIONS: ResolvedDatabaseOptions = {
  statementTimeoutMs: 5_000,
  readTimeoutMs: 20_000,
  preparedStatements: 'auto',
};
