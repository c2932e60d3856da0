import { Injectable, type OnModuleInit } from '@nestjs/common';
import { SqlDatabase } from '../database/sql-database.js';
import { Pruner } from '../retention/pruner.js';
import { EventEntity } from './event.entity.js';

/**
 * Registers old events without jobs for deletion.
 *
 * @internal
 */
@Injectable()
export class EventPruning implements OnModuleInit {
  constructor(
    private readonly database: SqlDatabase,
    private readonly pruner: Pruner,
  ) {}

  onModuleInit(): void {
    const table = this.database.table(EventEntity);
    const key = this.database.quote('key');
    this.pruner.register({
      table,
      key,
      keptByJobs: true,
      condition: ({ completedBefore }) => ({
        sql: `received_at < ? AND ${this.pruner.withoutJobs(`${table}.${key}`)}`,
        parameters: [completedBefore],
      }),
    });
  }
}
