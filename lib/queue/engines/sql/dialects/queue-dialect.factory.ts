import type { SqlDatabase } from '../../../../database/sql-database.js';
import { JobEntity } from '../../../job.entity.js';
import { MysqlQueueDialect } from './mysql.js';
import { PostgresQueueDialect } from './postgres.js';
import type { QueueDialect } from './queue.dialect.js';
import { SqliteQueueDialect } from './sqlite.js';

/** @internal */
export function createQueueDialect(database: SqlDatabase): QueueDialect {
  const table = database.table(JobEntity);
  switch (database.kind) {
    case 'mysql':
      return new MysqlQueueDialect(table);
    case 'postgres':
      return new PostgresQueueDialect(table);
    case 'sqlite':
      return new SqliteQueueDialect(table);
  }
}
