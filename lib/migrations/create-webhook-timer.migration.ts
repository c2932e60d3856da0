import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';
import { indexName } from '../database/schema/index-name.js';
import { dataSourceOf } from './data-source-of.js';
import { migrationDialectOf } from './dialects/migration-dialect.factory.js';
import { tableName } from './table-name.js';

/**
 * Creates the table of timers.
 *
 * @internal
 */
export class CreateWebhookTimer1764150700000 implements MigrationInterface {
  readonly name = 'CreateWebhookTimer1764150700000';

  async up(runner: QueryRunner): Promise<void> {
    const dataSource = dataSourceOf(runner);
    const { uuid, string, text, instant, boolean } = migrationDialectOf(dataSource).columns;
    await runner.createTable(
      new Table({
        name: tableName(dataSource, 'webhook_timer'),
        columns: [
          { ...uuid('id'), isPrimary: true },
          string('name', 200),
          string('timer_key', 255),
          { ...boolean('latest'), isNullable: true },
          { ...text('payload'), isNullable: true },
          instant('run_at'),
          instant('set_at'),
          { ...uuid('job_id'), isNullable: true },
        ],
        indices: [
          {
            name: indexName(dataSource, 'webhook_timer_key'),
            columnNames: ['name', 'timer_key', 'latest'],
            isUnique: true,
          },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(tableName(dataSourceOf(runner), 'webhook_timer'));
  }
}
