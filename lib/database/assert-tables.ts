import type { EntityMetadata, EntityTarget, ObjectLiteral, QueryRunner } from 'typeorm';
import { ConfigurationError } from '../errors/configuration.error.js';
import type { SqlDatabase } from './sql-database.js';

/**
 * Makes sure that the data source knows the entities, and that their tables are there and have all columns
 * and indexes.
 *
 * @throws {ConfigurationError} which says what is missing
 * @internal
 */
export async function assertTables(
  database: SqlDatabase,
  entities: readonly EntityTarget<ObjectLiteral>[],
): Promise<void> {
  const { dataSource } = database;
  if (!entities.every((entity) => dataSource.hasMetadata(entity))) {
    throw ConfigurationError.because(
      'dataSource',
      'The data source does not know the entities of this library.',
      'Set `autoLoadEntities: true` in TypeOrmModule.forRoot, or add `...webhookEntities` to its `entities`.',
    );
  }
  const runner = dataSource.createQueryRunner('master');
  try {
    for (const entity of entities) await assertTable(runner, dataSource.getMetadata(entity));
  } finally {
    await runner.release();
  }
}

const CURE =
  'Run the migrations: add `...webhookMigrations` to `migrations` in TypeOrmModule.forRoot, ' +
  'or set `synchronize: true`.';

/** Looks at the table's definition alone: however much it holds, that takes no time. */
async function assertTable(runner: QueryRunner, metadata: EntityMetadata): Promise<void> {
  const name = metadata.tableName;
  const table = await runner.getTable(metadata.tablePath);
  if (table === undefined || table === null) {
    throw ConfigurationError.because(
      'dataSource',
      `There is no table ${name}.`,
      `${CURE} The tables are looked for as '${metadata.tablePath}'.`,
    );
  }
  const columns = new Set(table.columns.map((column) => column.name));
  const indices = new Set(
    [...table.indices, ...table.uniques].map((index) => index.name?.toLowerCase()),
  );
  const lacking = [
    ...metadata.columns
      .filter(({ databaseName }) => !columns.has(databaseName))
      .map(({ databaseName }) => `the column ${databaseName}`),
    ...metadata.indices
      .filter((index) => !indices.has(index.name.toLowerCase()))
      .map((index) => `the index ${index.name}`),
  ];
  if (lacking.length > 0) {
    throw ConfigurationError.because(
      'dataSource',
      `The table ${name} lacks ${lacking.join(' and ')}: it is of another version of this library.`,
      CURE,
    );
  }
}
