import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';
import { dataSourceOf } from './data-source-of.js';
import { migrationDialectOf } from './dialects/migration-dialect.factory.js';
import { tableName } from './table-name.js';

/**
 * Creates the table in which processes note that they run.
 *
 * @internal
 */
export class CreateWebhookProcess1764151000000 implements MigrationInterface {
  readonly name = 'CreateWebhookProcess1764151000000';

  async up(runner: QueryRunner): Promise<void> {
    const dataSource = dataSourceOf(runner);
    const { string, integer, instant } = migrationDialectOf(dataSource).columns;
    await runner.createTable(
      new Table({
        name: tableName(dataSource, 'webhook_process'),
        columns: [
          { ...string('id', 255), isPrimary: true },
          string('host', 255),
          integer('pid'),
          string('version', 64),
          string('roles', 64),
          instant('started_at'),
          instant('beat_at'),
          { ...instant('stopped_at'), isNullable: true },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(tableName(dataSourceOf(runner), 'webhook_process'));
  }
}
