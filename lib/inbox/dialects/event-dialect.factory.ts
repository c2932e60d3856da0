import type { SqlDatabase } from '../../database/sql-database.js';
import type { QueueDialect } from '../../queue/engines/sql/dialects/queue.dialect.js';
import { JobEntity } from '../../queue/job.entity.js';
import { EventEntity } from '../event.entity.js';
import type { EventDialect } from './event.dialect.js';
import { MysqlEventDialect } from './mysql.js';
import { PostgresEventDialect } from './postgres.js';
import { SqliteEventDialect } from './sqlite.js';

/** @internal */
export function createEventDialect(database: SqlDatabase, queue: QueueDialect): EventDialect {
  const table = database.table(EventEntity);
  switch (database.kind) {
    case 'mysql':
      return new MysqlEventDialect(queue, table);
    case 'postgres':
      return new PostgresEventDialect(queue, table, database.table(JobEntity));
    case 'sqlite':
      return new SqliteEventDialect(queue, table);
  }
}
