import { Injectable, type OnModuleInit } from '@nestjs/common';
import { SqlDatabase } from '../../database/sql-database.js';
import { EventPruning } from '../../inbox/event.pruning.js';
import { Pruner } from '../../retention/pruner.js';
import { RuleFiringEntity } from './rule-firing.entity.js';

/**
 * Deletes firings that are too old and have no job any more, and keeps the events of those that have one.
 *
 * @internal
 */
@Injectable()
export class FiringPruning implements OnModuleInit {
  constructor(
    private readonly database: SqlDatabase,
    private readonly pruner: Pruner,
    private readonly events: EventPruning,
  ) {}

  onModuleInit(): void {
    const table = this.database.table(RuleFiringEntity);
    this.pruner.register({
      table,
      key: 'id',
      keptByJobs: true,
      condition: ({ completedBefore }) => ({
        sql: `fired_at < ? AND ${this.pruner.withoutJobs(`${table}.id`)}`,
        parameters: [completedBefore],
      }),
    });
    this.events.keepUnless(
      (key) =>
        `NOT EXISTS (SELECT 1 FROM ${table} firing WHERE firing.event_key = ${key}
          AND NOT (${this.pruner.withoutJobs('firing.id')}))`,
    );
  }
}
