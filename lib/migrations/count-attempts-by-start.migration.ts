import { TableColumn, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';
import { indexName } from '../database/schema/index-name.js';
import { dataSourceOf } from './data-source-of.js';
import { migrationDialectOf } from './dialects/migration-dialect.factory.js';
import { tableName } from './table-name.js';

/**
 * Counts a job's leases apart from its attempts, and stores the size of its event, which a process must know
 * before it loads the event.
 *
 * @internal
 */
export class CountAttemptsByStart1764150000000 implements MigrationInterface {
  readonly name = 'CountAttemptsByStart1764150000000';

  async up(runner: QueryRunner): Promise<void> {
    const dataSource = dataSourceOf(runner);
    const { columns, bytesOf, quote } = migrationDialectOf(dataSource);
    const { integer, instant } = columns;
    const jobs = tableName(dataSource, 'webhook_job');
    await runner.addColumns(jobs, [
      new TableColumn({ ...integer('bytes'), default: 0 }),
      new TableColumn({ ...integer('lease'), default: 1 }),
      new TableColumn({ ...integer('lost_leases'), default: 0 }),
      new TableColumn({ ...instant('rescue_at'), isNullable: true }),
    ]);
    await runner.createIndex(jobs, rescueIndex(runner));

    const job = quote(jobs);
    const event = quote(tableName(dataSource, 'webhook_event'));
    const key = dataSource.driver.escape('key');
    await runner.query(`UPDATE ${job} SET bytes = COALESCE(
      (SELECT ${bytesOf('body')} FROM ${event} WHERE ${event}.${key} = ${job}.ref), 0)
      WHERE due_at IS NOT NULL`);
    // Leased jobs were counted at the claim; from now on they count at their start.
    await runner.query(`UPDATE ${job} SET attempt = attempt - 1 WHERE state = 'running'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const dataSource = dataSourceOf(runner);
    const jobs = tableName(dataSource, 'webhook_job');
    const job = migrationDialectOf(dataSource).quote(jobs);
    await runner.query(`UPDATE ${job} SET attempt = attempt + 1 WHERE state = 'running'`);
    await runner.query(`UPDATE ${job} SET due_at = rescue_at WHERE rescue_at IS NOT NULL`);
    await runner.dropIndex(jobs, rescueIndex(runner));
    await runner.dropColumns(jobs, ['rescue_at', 'lost_leases', 'lease', 'bytes']);
  }
}

function rescueIndex(runner: QueryRunner): TableIndex {
  return new TableIndex({
    name: indexName(dataSourceOf(runner), 'webhook_job_rescue'),
    columnNames: ['rescue_at'],
    where: 'rescue_at IS NOT NULL',
  });
}
