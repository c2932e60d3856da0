import type { MigrationInterface, QueryRunner } from 'typeorm';
import { indexName } from '../database/schema/index-name.js';
import { dataSourceOf } from './data-source-of.js';
import { migrationDialectOf } from './dialects/migration-dialect.factory.js';
import { tableName } from './table-name.js';

/** The indexes whose names had no prefix, though their tables had one. */
const INDEXES: Readonly<Record<string, readonly string[]>> = {
  webhook_event: ['webhook_event_identity'],
  webhook_job: ['webhook_job_due', 'webhook_job_ref', 'webhook_job_discarded'],
  webhook_notification: ['webhook_notification_key'],
};

/**
 * Gives the indexes the `entityPrefix` of their tables. It does nothing without a prefix, on MySQL, and if
 * the indexes have the prefix already.
 *
 * @internal
 */
export class PrefixIndexNames1764140000000 implements MigrationInterface {
  readonly name = 'PrefixIndexNames1764140000000';

  async up(runner: QueryRunner): Promise<void> {
    await renameAll(runner, (plain, prefixed) => [plain, prefixed]);
  }

  /** Indexes stay prefixed if another application has taken the plain name in the same schema. */
  async down(runner: QueryRunner): Promise<void> {
    await renameAll(runner, (plain, prefixed) => [prefixed, plain]);
  }
}

async function renameAll(
  runner: QueryRunner,
  direction: (plain: string, prefixed: string) => readonly [from: string, to: string],
): Promise<void> {
  const dataSource = dataSourceOf(runner);
  const { indexNames } = migrationDialectOf(dataSource);
  if (indexNames === undefined) return;
  for (const [table, indexes] of Object.entries(INDEXES)) {
    for (const plain of indexes) {
      const [from, to] = direction(plain, indexName(dataSource, plain));
      if (from !== to && !(await indexNames.isTaken(runner, to))) {
        await indexNames.rename(runner, tableName(dataSource, table), { from, to });
      }
    }
  }
}
