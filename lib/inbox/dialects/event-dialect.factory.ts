import type { SqlDatabase } from '../../database/sql-database.js';
import { EventEntity } from '../event.entity.js';
import type { EventDialect } from './event.dialect.js';
import { MysqlEventDialect } from './mysql.js';
import { PostgresEventDialect } from './postgres.js';
import { SqliteEventDialect } from './sqlite.js';

/** @internal */
export function createEventDialect(database: SqlDatabase): EventDialect {
  const table = database.table(EventEntity);
  switch (database.kind) {
    case 'mysql':
      return new MysqlEventDialect(table);
    case 'postgres':
      return new PostgresEventDialect(table);
    case 'sqlite':
      return new SqliteEventDialect(table);
  }
}
