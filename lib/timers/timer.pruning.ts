import { Injectable, type OnModuleInit } from '@nestjs/common';
import { SqlDatabase } from '../database/sql-database.js';
import { Pruner } from '../retention/pruner.js';
import { TimerEntity } from './timer.entity.js';

/**
 * Deletes timers that are too old and have no job any more.
 *
 * @internal
 */
@Injectable()
export class TimerPruning implements OnModuleInit {
  constructor(
    private readonly database: SqlDatabase,
    private readonly pruner: Pruner,
  ) {}

  onModuleInit(): void {
    const table = this.database.table(TimerEntity);
    this.pruner.register({
      table,
      key: 'id',
      keptByJobs: true,
      condition: ({ completedBefore }) => ({
        sql: `set_at < ? AND ${this.pruner.withoutJobs(`${table}.id`)}`,
        parameters: [completedBefore],
      }),
    });
  }
}
