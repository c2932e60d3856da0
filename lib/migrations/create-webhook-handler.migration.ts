import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';
import { dataSourceOf } from './data-source-of.js';
import { migrationDialectOf } from './dialects/migration-dialect.factory.js';
import { tableName } from './table-name.js';

/**
 * Creates the table in which processes that run jobs announce their handlers.
 *
 * @internal
 */
export class CreateWebhookHandler1764150200000 implements MigrationInterface {
  readonly name = 'CreateWebhookHandler1764150200000';

  async up(runner: QueryRunner): Promise<void> {
    const dataSource = dataSourceOf(runner);
    const { string, text, integer, instant } = migrationDialectOf(dataSource).columns;
    await runner.createTable(
      new Table({
        name: tableName(dataSource, 'webhook_handler'),
        columns: [
          { ...string('name', 255), isPrimary: true },
          { ...string('definition', 64), isPrimary: true },
          { ...string('source', 64), isNullable: true },
          text('patterns'),
          { ...integer('max_attempts'), isNullable: true },
          instant('seen_at'),
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(tableName(dataSourceOf(runner), 'webhook_handler'));
  }
}
