import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';
import { indexName } from '../database/schema/index-name.js';
import { dataSourceOf } from './data-source-of.js';
import { migrationDialectOf } from './dialects/migration-dialect.factory.js';
import { tableName } from './table-name.js';

/**
 * Creates the table of attempts that did not complete their job at once.
 *
 * @internal
 */
export class CreateWebhookAttempt1764150900000 implements MigrationInterface {
  readonly name = 'CreateWebhookAttempt1764150900000';

  async up(runner: QueryRunner): Promise<void> {
    const dataSource = dataSourceOf(runner);
    const { uuid, string, text, integer, instant } = migrationDialectOf(dataSource).columns;
    await runner.createTable(
      new Table({
        name: tableName(dataSource, 'webhook_attempt'),
        columns: [
          { ...uuid('id'), isPrimary: true },
          uuid('job_id'),
          integer('number'),
          { ...string('process', 255), isNullable: true },
          { ...instant('started_at'), isNullable: true },
          instant('ended_at'),
          string('verdict', 16),
          { ...text('error'), isNullable: true },
          { ...string('error_key', 64), isNullable: true },
        ],
        indices: [
          { name: indexName(dataSource, 'webhook_attempt_job'), columnNames: ['job_id', 'id'] },
          {
            name: indexName(dataSource, 'webhook_attempt_error'),
            columnNames: ['error_key', 'id'],
            where: 'error_key IS NOT NULL',
          },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(tableName(dataSourceOf(runner), 'webhook_attempt'));
  }
}
