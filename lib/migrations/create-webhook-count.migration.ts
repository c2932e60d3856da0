import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';
import { dataSourceOf } from './data-source-of.js';
import { migrationDialectOf } from './dialects/migration-dialect.factory.js';
import { tableName } from './table-name.js';

/**
 * Creates the table in which processes count what happens over time.
 *
 * @internal
 */
export class CreateWebhookCount1764151100000 implements MigrationInterface {
  readonly name = 'CreateWebhookCount1764151100000';

  async up(runner: QueryRunner): Promise<void> {
    const dataSource = dataSourceOf(runner);
    const { string, text, instant } = migrationDialectOf(dataSource).columns;
    await runner.createTable(
      new Table({
        name: tableName(dataSource, 'webhook_count'),
        columns: [
          { ...string('grain', 8), isPrimary: true },
          { ...instant('starts_at'), isPrimary: true },
          { ...string('what', 32), isPrimary: true },
          { ...string('name', 255), isPrimary: true },
          { ...string('process', 128), isPrimary: true },
          // A whole number of 64 bits, as instants are.
          instant('count'),
          { ...text('waiting'), isNullable: true },
          { ...text('running'), isNullable: true },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(tableName(dataSourceOf(runner), 'webhook_count'));
  }
}
