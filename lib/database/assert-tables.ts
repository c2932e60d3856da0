import type { EntityTarget, ObjectLiteral } from 'typeorm';
import { ConfigurationError } from '../errors/configuration.error.js';
import type { SqlDatabase } from './sql-database.js';

/**
 * Makes sure that the data source knows the entities and that their tables are there.
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
  for (const entity of entities) {
    try {
      await dataSource.getRepository(entity).find({ take: 1 });
    } catch (error) {
      throw ConfigurationError.because(
        'dataSource',
        `The table ${dataSource.getMetadata(entity).tablePath} cannot be read.`,
        'Set `synchronize: true` in TypeOrmModule.forRoot, or create the tables by a migration.',
        { cause: error },
      );
    }
  }
}
