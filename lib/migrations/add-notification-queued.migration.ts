import { TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';
import { columnTypesOf } from './column-types.js';
import { dataSourceOf } from './data-source-of.js';
import { tableName } from './table-name.js';

/**
 * Notifications tell whether their jobs were certainly written. Those that are there already may have lost
 * theirs; start-up looks after them.
 *
 * @internal
 */
export class AddNotificationQueued1764150400000 implements MigrationInterface {
  readonly name = 'AddNotificationQueued1764150400000';

  async up(runner: QueryRunner): Promise<void> {
    const dataSource = dataSourceOf(runner);
    const { boolean } = columnTypesOf(dataSource);
    const isPostgres = dataSource.options.type === 'postgres';
    await runner.addColumn(
      tableName(dataSource, 'webhook_notification'),
      new TableColumn({ ...boolean('queued'), default: isPostgres ? 'false' : '0' }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn(tableName(dataSourceOf(runner), 'webhook_notification'), 'queued');
  }
}
