import { TableColumn, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';
import { indexName } from '../database/schema/index-name.js';
import { dataSourceOf } from './data-source-of.js';
import { migrationDialectOf } from './dialects/migration-dialect.factory.js';
import { tableName } from './table-name.js';

/**
 * Adds the line in which a waiting job stands: claims take jobs of every pool, source and tenant in turn. Open
 * jobs that are there stand in none, and are put into theirs when they are claimed.
 *
 * @internal
 */
export class AddJobShares1764150560000 implements MigrationInterface {
  readonly name = 'AddJobShares1764150560000';

  async up(runner: QueryRunner): Promise<void> {
    const dataSource = dataSourceOf(runner);
    const { integer } = migrationDialectOf(dataSource).columns;
    const jobs = tableName(dataSource, 'webhook_job');
    await runner.addColumn(jobs, new TableColumn({ ...integer('share'), isNullable: true }));
    await runner.dropIndex(jobs, dueBefore(runner));
    await runner.createIndices(jobs, indexes(runner));
  }

  async down(runner: QueryRunner): Promise<void> {
    const jobs = tableName(dataSourceOf(runner), 'webhook_job');
    for (const one of indexes(runner)) await runner.dropIndex(jobs, one);
    await runner.createIndex(jobs, dueBefore(runner));
    await runner.dropColumn(jobs, 'share');
  }
}

function dueBefore(runner: QueryRunner): TableIndex {
  return index(runner, 'webhook_job_due', ['due_at'], 'due_at IS NOT NULL');
}

function indexes(runner: QueryRunner): TableIndex[] {
  const { hasPartialIndexes } = migrationDialectOf(dataSourceOf(runner));
  const others = hasPartialIndexes
    ? [index(runner, 'webhook_job_unshared', ['due_at'], 'share IS NULL AND due_at IS NOT NULL')]
    : [];
  return [
    index(runner, 'webhook_job_share', ['share', 'due_at'], 'share IS NOT NULL'),
    index(runner, 'webhook_job_due', ['due_at'], 'share IS NOT NULL'),
    ...others,
  ];
}

function index(
  runner: QueryRunner,
  name: string,
  columnNames: string[],
  where: string,
): TableIndex {
  return new TableIndex({ name: indexName(dataSourceOf(runner), name), columnNames, where });
}
