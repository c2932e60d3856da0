import { Table, TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';
import { dataSourceOf } from './data-source-of.js';
import { migrationDialectOf } from './dialects/migration-dialect.factory.js';
import { tableName } from './table-name.js';

/**
 * Adds lanes: jobs of one lane run one at a time. Jobs that are there have none.
 *
 * @internal
 */
export class AddLanes1764150550000 implements MigrationInterface {
  readonly name = 'AddLanes1764150550000';

  async up(runner: QueryRunner): Promise<void> {
    const dataSource = dataSourceOf(runner);
    const { columns, no } = migrationDialectOf(dataSource);
    const { uuid, string, boolean } = columns;
    await runner.addColumns(tableName(dataSource, 'webhook_job'), [
      new TableColumn({ ...string('lane', 255), isNullable: true }),
      new TableColumn({ ...boolean('heads_lane'), default: no }),
      new TableColumn({ ...boolean('holds_lane'), default: no }),
    ]);
    await runner.addColumn(
      tableName(dataSource, 'webhook_handler'),
      new TableColumn({ ...boolean('has_lanes'), default: no }),
    );
    await runner.createTable(
      new Table({
        name: tableName(dataSource, 'webhook_lane'),
        columns: [{ ...string('lane', 255), isPrimary: true }, uuid('head')],
      }),
    );
    await runner.createTable(
      new Table({
        name: tableName(dataSource, 'webhook_lane_waiting'),
        columns: [
          { ...string('lane', 255), isPrimary: true },
          { ...uuid('job_id'), isPrimary: true },
        ],
      }),
    );
  }

  /** Jobs that wait in their lanes run at once, in any order. */
  async down(runner: QueryRunner): Promise<void> {
    const dataSource = dataSourceOf(runner);
    const jobs = tableName(dataSource, 'webhook_job');
    const job = migrationDialectOf(dataSource).quote(jobs);
    const waiting = `state = 'available' AND due_at = 8640000000000000`;
    await runner.query(`UPDATE ${job} SET due_at = created_at WHERE ${waiting}`);
    await runner.dropTable(tableName(dataSource, 'webhook_lane_waiting'));
    await runner.dropTable(tableName(dataSource, 'webhook_lane'));
    await runner.dropColumn(tableName(dataSource, 'webhook_handler'), 'has_lanes');
    await runner.dropColumns(jobs, ['holds_lane', 'heads_lane', 'lane']);
  }
}
