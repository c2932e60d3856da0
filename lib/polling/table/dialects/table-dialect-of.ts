import type { DatabaseKind } from '../../../database/database-kind.js';
import type { SqlDatabase } from '../../../database/sql-database.js';
import { MYSQL } from './mysql.js';
import { POSTGRES } from './postgres.js';
import { SQLITE } from './sqlite.js';
import type { TableDialect } from './table.dialect.js';

const DIALECTS: Readonly<Record<DatabaseKind, TableDialect>> = {
  mysql: MYSQL,
  postgres: POSTGRES,
  sqlite: SQLITE,
};

/** @internal */
export function tableDialectOf({ kind }: SqlDatabase): TableDialect {
  return DIALECTS[kind];
}
