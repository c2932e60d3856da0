import { TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';
import { dataSourceOf } from './data-source-of.js';
import { migrationDialectOf } from './dialects/migration-dialect.factory.js';
import { tableName } from './table-name.js';

/**
 * Adds the content type of an event's body, for bodies that cannot be read again without it. Older events
 * have none: their bodies were read as UTF-8.
 *
 * @internal
 */
export class AddEventContentType1764150500000 implements MigrationInterface {
  readonly name = 'AddEventContentType1764150500000';

  async up(runner: QueryRunner): Promise<void> {
    const dataSource = dataSourceOf(runner);
    const { string } = migrationDialectOf(dataSource).columns;
    await runner.addColumn(
      tableName(dataSource, 'webhook_event'),
      new TableColumn({ ...string('content_type', 255), isNullable: true }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn(tableName(dataSourceOf(runner), 'webhook_event'), 'content_type');
  }
}
