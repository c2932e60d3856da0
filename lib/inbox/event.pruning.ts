import { Injectable, type OnModuleInit } from '@nestjs/common';
import { SqlDatabase } from '../database/sql-database.js';
import { Pruner } from '../retention/pruner.js';
import { EventEntity } from './event.entity.js';

/** SQL that is true for an event that may be deleted, by its quoted key. */
type MayGo = (key: string) => string;

/**
 * Registers old events without jobs for deletion.
 *
 * @internal
 */
@Injectable()
export class EventPruning implements OnModuleInit {
  private readonly conditions: MayGo[] = [];

  constructor(
    private readonly database: SqlDatabase,
    private readonly pruner: Pruner,
  ) {}

  /** Adds a condition: a feature may still need events that have no jobs of their own. */
  keepUnless(mayGo: MayGo): void {
    this.conditions.push(mayGo);
  }

  onModuleInit(): void {
    const table = this.database.table(EventEntity);
    const key = this.database.quote('key');
    this.pruner.register({
      table,
      key,
      keptByJobs: true,
      condition: ({ completedBefore }) => ({
        sql: ['received_at < ?', ...this.mayGo(`${table}.${key}`)].join(' AND '),
        parameters: [completedBefore],
      }),
    });
  }

  private mayGo(key: string): string[] {
    return [this.pruner.withoutJobs(key), ...this.conditions.map((mayGo) => mayGo(key))];
  }
}
