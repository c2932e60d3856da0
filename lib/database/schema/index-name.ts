import type { DataSource } from 'typeorm';
import { schemaDialectOf } from './schema-dialect.factory.js';

/**
 * The name of an index of this library. On PostgreSQL and SQLite, index names are unique in the whole schema
 * or file, so the indexes of two applications need the `entityPrefix` too. On MySQL they are unique in their
 * table, and the name stays as it is.
 *
 * @param name the index's name without a prefix
 * @internal
 */
export function indexName(dataSource: DataSource, name: string): string {
  const { options, namingStrategy } = dataSource;
  const { entityPrefix } = options;
  return entityPrefix && schemaDialectOf(dataSource).sharesIndexNames
    ? namingStrategy.prefixTableName(entityPrefix, name)
    : name;
}
