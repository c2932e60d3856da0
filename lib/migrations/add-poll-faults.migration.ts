import { Table, TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';
import { dataSourceOf } from './data-source-of.js';
import { migrationDialectOf } from './dialects/migration-dialect.factory.js';
import { tableName } from './table-name.js';

/**
 * Adds the items that a poller sets aside, and the postponement of a poller whose API limits the rate.
 *
 * @internal
 */
export class AddPollFaults1764150100000 implements MigrationInterface {
  readonly name = 'AddPollFaults1764150100000';

  async up(runner: QueryRunner): Promise<void> {
    const dataSource = dataSourceOf(runner);
    const { string, text, integer, instant } = migrationDialectOf(dataSource).columns;
    await runner.addColumns(tableName(dataSource, 'webhook_poll_cursor'), [
      new TableColumn({ ...integer('failures'), default: 0 }),
      new TableColumn({ ...integer('postponements'), default: 0 }),
      new TableColumn({ ...instant('not_before'), isNullable: true }),
      new TableColumn({ ...instant('last_success_at'), isNullable: true }),
    ]);
    await runner.createTable(
      new Table({
        name: tableName(dataSource, 'webhook_poll_item'),
        columns: [
          { ...string('poller', 64), isPrimary: true },
          { ...string('item', 255), isPrimary: true },
          string('kind', 8),
          text('content'),
          integer('attempts'),
          text('error'),
          instant('first_failed_at'),
          instant('last_failed_at'),
          { ...instant('parked_at'), isNullable: true },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    const dataSource = dataSourceOf(runner);
    await runner.dropTable(tableName(dataSource, 'webhook_poll_item'));
    await runner.dropColumns(tableName(dataSource, 'webhook_poll_cursor'), [
      'last_success_at',
      'not_before',
      'postponements',
      'failures',
    ]);
  }
}
