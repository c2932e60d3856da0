import { choice, integer } from '../options/option.kinds.js';
import { optionGroup, type OptionsOf, type ResolvedOf } from '../options/option.group.js';

/** The shortest time limit: a healthy server may take that long at times. */
const MIN_TIMEOUT_MS = 100;

/** @internal */
export const DATABASE_OPTIONS = optionGroup('database', {
  /**
   * How long a statement of the library may take, in milliseconds, and how long it waits for a connection.
   * After that the statement fails, and its connection is ended and replaced. On SQLite: how long to wait
   * for another process to release its lock. @default 5_000
   */
  statementTimeoutMs: integer(5_000, { min: MIN_TIMEOUT_MS }),
  /**
   * The same for statements that may take longer, in milliseconds: those of pollers, of the services' lists,
   * counts and changes, of retention, and of the checks at start-up. @default 20_000
   */
  readTimeoutMs: integer(20_000, { min: MIN_TIMEOUT_MS }),
  /**
   * Whether to prepare statements by name, once for each connection. `'auto'` does so unless a pooler stands
   * between the application and PostgreSQL. @default 'auto'
   */
  preparedStatements: choice('auto', ['auto', true, false]),
  /**
   * Whether processes wake each other by PostgreSQL's LISTEN and NOTIFY, over one connection of each process beside the
   * pool, unless a pooler stands between the application and PostgreSQL. `true` does the same, and warns where it does
   * not work. @default 'auto'
   */
  wakeUps: choice('auto', ['auto', true, false]),
});

/**
 * How the library uses the data source.
 *
 * @publicApi
 */
export interface DatabaseOptions extends OptionsOf<typeof DATABASE_OPTIONS> {}

/** @internal */
export type ResolvedDatabaseOptions = ResolvedOf<typeof DATABASE_OPTIONS>;
