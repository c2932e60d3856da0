import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';
import { dataSourceOf } from './data-source-of.js';
import { migrationDialectOf } from './dialects/migration-dialect.factory.js';
import { tableName } from './table-name.js';

/**
 * Creates the table of pauses.
 *
 * @internal
 */
export class CreateWebhookPause1764151200000 implements MigrationInterface {
  readonly name = 'CreateWebhookPause1764151200000';

  async up(runner: QueryRunner): Promise<void> {
    const dataSource = dataSourceOf(runner);
    const { string, instant, text } = migrationDialectOf(dataSource).columns;
    await runner.createTable(
      new Table({
        name: tableName(dataSource, 'webhook_pause'),
        columns: [
          { ...string('kind', 16), isPrimary: true },
          { ...string('name', 255), isPrimary: true },
          instant('paused_at'),
          string('paused_by', 255),
          text('reason'),
        ],
      }),
    );
  }

  /** Jobs that a pause holds run at once. */
  async down(runner: QueryRunner): Promise<void> {
    const dataSource = dataSourceOf(runner);
    const job = migrationDialectOf(dataSource).quote(tableName(dataSource, 'webhook_job'));
    const held = 'due_at >= 8639997852516352 AND due_at < 8640000000000000';
    await runner.query(`UPDATE ${job} SET due_at = created_at WHERE ${held}`);
    await runner.dropTable(tableName(dataSource, 'webhook_pause'));
  }
}
