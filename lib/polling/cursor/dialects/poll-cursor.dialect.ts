import type { DatabaseKind } from '../../../database/database-kind.js';
import type { SqlDatabase } from '../../../database/sql-database.js';

/**
 * What databases write differently about the rows of the pollers.
 *
 * @internal
 */
export interface PollCursorDialect {
  /** The end of an INSERT that leaves a row as it is where one with the same name exists. */
  readonly orKeep: string;
}

const orKeep = 'ON CONFLICT (name) DO NOTHING';

const DIALECTS: Readonly<Record<DatabaseKind, PollCursorDialect>> = {
  // Not INSERT IGNORE, which would also cut what is too long.
  mysql: { orKeep: 'ON DUPLICATE KEY UPDATE name = name' },
  postgres: { orKeep },
  sqlite: { orKeep },
};

/** @internal */
export function pollCursorDialectOf({ kind }: SqlDatabase): PollCursorDialect {
  return DIALECTS[kind];
}
