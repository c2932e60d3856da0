import { TableColumn, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';
import { indexName } from '../database/schema/index-name.js';
import { columnTypesOf } from './column-types.js';
import { dataSourceOf } from './data-source-of.js';
import { tableName } from './table-name.js';

/**
 * Tells a job's leases from its attempts, and lets a process know how large its event is before it reads it.
 *
 * @internal
 */
export class CountAttemptsByStart1764150000000 implements MigrationInterface {
  readonly name = 'CountAttemptsByStart1764150000000';

  async up(runner: QueryRunner): Promise<void> {
    const dataSource = dataSourceOf(runner);
    const { integer, instant } = columnTypesOf(dataSource);
    const jobs = tableName(dataSource, 'webhook_job');
    await runner.addColumns(jobs, [
      new TableColumn({ ...integer('bytes'), default: 0 }),
      new TableColumn({ ...integer('lease'), default: 1 }),
      new TableColumn({ ...integer('lost_leases'), default: 0 }),
      new TableColumn({ ...instant('rescue_at'), isNullable: true }),
    ]);
    await runner.createIndex(jobs, rescueIndex(runner));

    const [job, event] = quoted(runner, ['webhook_job', 'webhook_event']);
    const key = dataSource.driver.escape('key');
    const { type } = dataSource.options;
    const octets = type === 'mysql' || type === 'mariadb' || type === 'postgres';
    const bytes = octets ? 'OCTET_LENGTH(body)' : 'LENGTH(CAST(body AS BLOB))';
    await runner.query(`UPDATE ${job} SET bytes = COALESCE(
      (SELECT ${bytes} FROM ${event} WHERE ${event}.${key} = ${job}.ref), 0)
      WHERE due_at IS NOT NULL`);
    // What is leased was counted when it was claimed, and is counted from now on when it has started.
    await runner.query(`UPDATE ${job} SET attempt = attempt - 1 WHERE state = 'running'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const [job] = quoted(runner, ['webhook_job']);
    await runner.query(`UPDATE ${job} SET attempt = attempt + 1 WHERE state = 'running'`);
    await runner.query(`UPDATE ${job} SET due_at = rescue_at WHERE rescue_at IS NOT NULL`);
    const jobs = tableName(dataSourceOf(runner), 'webhook_job');
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

/** The names with the data source's schema and prefix, quoted. */
function quoted(runner: QueryRunner, names: readonly string[]): string[] {
  const dataSource = dataSourceOf(runner);
  const { driver, options } = dataSource;
  const schema = options.type === 'postgres' ? options.schema : undefined;
  return names.map((name) => {
    const table = driver.escape(tableName(dataSource, name));
    return schema === undefined ? table : `${driver.escape(schema)}.${table}`;
  });
}
