import type { SqlDatabase } from '../../../../database/sql-database.js';
import { laneTables } from './lane.tables.js';
import { MYSQL_LANES } from './mysql.lanes.js';
import { MysqlQueueDialect } from './mysql.js';
import { PostgresLaneDialect } from './postgres.lanes.js';
import { PostgresQueueDialect } from './postgres.js';
import { QuestionMarkLaneDialect } from './question-mark.lanes.js';
import type { QueueDialect } from './queue.dialect.js';
import { SQLITE_LANES } from './sqlite.lanes.js';
import { SqliteQueueDialect } from './sqlite.js';

/** @internal */
export function createQueueDialect(database: SqlDatabase): QueueDialect {
  const tables = laneTables(database);
  switch (database.kind) {
    case 'mysql':
      return new MysqlQueueDialect(tables.job, new QuestionMarkLaneDialect(tables, MYSQL_LANES));
    case 'postgres':
      return new PostgresQueueDialect(tables.job, new PostgresLaneDialect(tables));
    case 'sqlite':
      return new SqliteQueueDialect(tables.job, new QuestionMarkLaneDialect(tables, SQLITE_LANES));
  }
}
