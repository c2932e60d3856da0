import type { DatabaseKind } from '../../../database/database-kind.js';
import { MYSQL } from './mysql.js';
import { POSTGRES } from './postgres.js';
import { SQLITE } from './sqlite.js';
import type { TableDialect } from './table.dialect.js';

/** @internal */
export const TABLE_DIALECTS: Readonly<Record<DatabaseKind, TableDialect>> = {
  mysql: MYSQL,
  postgres: POSTGRES,
  sqlite: SQLITE,
};
