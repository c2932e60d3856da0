import { TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';
import { dataSourceOf } from './data-source-of.js';
import { migrationDialectOf } from './dialects/migration-dialect.factory.js';
import { tableName } from './table-name.js';

/**
 * Marks notifications whose job is certainly stored. Existing ones may have lost theirs; start-up recovers
 * those.
 *
 * @internal
 */
export class AddNotificationQueued1764150400000 implements MigrationInterface {
  readonly name = 'AddNotificationQueued1764150400000';

  async up(runner: QueryRunner): Promise<void> {
    const dataSource = dataSourceOf(runner);
    const { columns, no } = migrationDialectOf(dataSource);
    await runner.addColumn(
      tableName(dataSource, 'webhook_notification'),
      new TableColumn({ ...columns.boolean('queued'), default: no }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn(tableName(dataSourceOf(runner), 'webhook_notification'), 'queued');
  }
}
