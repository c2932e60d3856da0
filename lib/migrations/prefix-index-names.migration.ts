import { TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';
import { indexName } from '../database/schema/index-name.js';
import { dataSourceOf } from './data-source-of.js';
import { tableName } from './table-name.js';

/** The indexes that had no prefix in their names when their tables had one. */
const INDEXES: Readonly<Record<string, readonly string[]>> = {
  webhook_event: ['webhook_event_identity'],
  webhook_job: ['webhook_job_due', 'webhook_job_ref', 'webhook_job_discarded'],
  webhook_notification: ['webhook_notification_key'],
};

/**
 * Gives the indexes the `entityPrefix` that their tables have. Without a prefix, on MySQL, and where the
 * tables were made with such names, there is nothing to do.
 *
 * @internal
 */
export class PrefixIndexNames1764140000000 implements MigrationInterface {
  readonly name = 'PrefixIndexNames1764140000000';

  async up(runner: QueryRunner): Promise<void> {
    await renameAll(runner, (plain, prefixed) => [plain, prefixed]);
  }

  /** Names that another application has in the same schema stay prefixed: they cannot be had back. */
  async down(runner: QueryRunner): Promise<void> {
    await renameAll(runner, (plain, prefixed) => [prefixed, plain]);
  }
}

async function renameAll(
  runner: QueryRunner,
  direction: (plain: string, prefixed: string) => readonly [from: string, to: string],
): Promise<void> {
  const dataSource = dataSourceOf(runner);
  for (const [table, indexes] of Object.entries(INDEXES)) {
    for (const plain of indexes) {
      const [from, to] = direction(plain, indexName(dataSource, plain));
      if (from !== to && !(await isTaken(runner, to))) {
        await rename(runner, tableName(dataSource, table), { from, to });
      }
    }
  }
}

async function isTaken(runner: QueryRunner, name: string): Promise<boolean> {
  const { type } = dataSourceOf(runner).options;
  const rows = (await runner.query(
    type === 'postgres'
      ? `SELECT 1 FROM pg_class WHERE relname = $1 AND relnamespace = to_regnamespace($2)`
      : `SELECT 1 FROM sqlite_master WHERE name = ?`,
    type === 'postgres' ? [name, await schemaOf(runner)] : [name],
  )) as unknown[];
  return rows.length > 0;
}

async function rename(
  runner: QueryRunner,
  table: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  const { driver, options } = dataSourceOf(runner);
  if (options.type === 'postgres') {
    const schema = driver.escape(await schemaOf(runner));
    // The name may belong to the table of another application.
    const rows = (await runner.query(
      'SELECT 1 FROM pg_indexes WHERE schemaname = $1 AND tablename = $2 AND indexname = $3',
      [await schemaOf(runner), table, from],
    )) as unknown[];
    if (rows.length === 0) return;
    await runner.query(
      `ALTER INDEX ${schema}.${driver.escape(from)} RENAME TO ${driver.escape(to)}`,
    );
    return;
  }
  // SQLite cannot rename an index.
  const index = (await runner.getTable(table))?.indices.find(({ name }) => name === from);
  if (index === undefined) return;
  await runner.dropIndex(table, index);
  await runner.createIndex(table, new TableIndex({ ...index, name: to }));
}

async function schemaOf(runner: QueryRunner): Promise<string> {
  const { options } = dataSourceOf(runner);
  return ('schema' in options && options.schema) || (await runner.getCurrentSchema()) || 'public';
}
