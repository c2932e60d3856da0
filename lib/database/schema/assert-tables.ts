import type { EntityMetadata, EntityTarget, ObjectLiteral } from 'typeorm';
import { ConfigurationError } from '../../errors/configuration.error.js';
import type { SqlDatabase } from '../sql-database.js';
import { findTable, type FoundTable } from './table.lookup.js';

const CURE =
  'Add `...webhookMigrations` to the `migrations` of the data source and run them, or set `synchronize: true` in TypeOrmModule.forRoot.';

/** TypeORM's table of executed migrations has a name without the prefix. */
const CURE_OF_SHARED =
  'If another application has its tables in the same schema or file, give each its own `migrationsTableName`: otherwise the migrations of one count as run for both.';

/**
 * Makes sure that the data source knows the entities, and that their tables exist with all columns and
 * indexes. It reads only the database's catalogue.
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
  await database.onWriter(async (manager) => {
    for (const entity of entities) {
      const metadata = dataSource.getMetadata(entity);
      const found = await findTable(database, manager, metadata);
      const problems = found === undefined ? ['it does not exist'] : differences(metadata, found);
      if (problems.length === 0) continue;
      throw ConfigurationError.because(
        'dataSource',
        `The table ${metadata.tablePath} is not as this version of the library needs it: ${problems.join('; ')}.`,
        found === undefined && dataSource.options.entityPrefix ? `${CURE} ${CURE_OF_SHARED}` : CURE,
      );
    }
  });
}

function differences({ columns, indices }: EntityMetadata, found: FoundTable): string[] {
  const missing = columns
    .map(({ databaseName }) => databaseName)
    .filter((name) => !found.columns.has(name));
  const indexes = indices.map(({ name }) => name ?? '').filter((name) => !found.indexes.has(name));
  return [
    ...missing.map((name) => `it has no column '${name}'`),
    ...indexes.map((name) => `it has no index '${name}'`),
    ...columns.flatMap(({ databaseName, type, collation }) => {
      const column = found.columns.get(databaseName);
      if (column === undefined || collation === undefined) return [];
      return [
        ...(type === 'longtext' && column.type !== type
          ? [`the column '${databaseName}' is ${column.type} and not ${type}`]
          : []),
        // Under any other collation, ids that differ only in case would be one.
        ...(column.collation.endsWith('_bin')
          ? []
          : [
              `the column '${databaseName}' has the collation ${column.collation} and not ${collation}`,
            ]),
      ];
    }),
  ];
}
