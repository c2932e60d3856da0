import type { DataSource } from 'typeorm';
import { schemaDialectOf } from './schema-dialect.factory.js';

/**
 * What an index of this library is called. PostgreSQL and SQLite know an index by its name in the whole
 * schema or file, so that two applications there need an `entityPrefix` in the names of indexes too.
 * MySQL knows it by its table, and the name stays as it is.
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
