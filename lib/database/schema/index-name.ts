import type { DataSource } from 'typeorm';

/**
 * What an index of this library is called. PostgreSQL and SQLite know an index by its name in the whole
 * schema or file, so that two applications there need an `entityPrefix` in the names of indexes too.
 * MySQL knows it by its table, and the name stays as it is.
 *
 * @param name the index's name without a prefix
 * @internal
 */
export function indexName({ options, namingStrategy }: DataSource, name: string): string {
  const { entityPrefix, type } = options;
  return entityPrefix && type !== 'mysql' && type !== 'mariadb'
    ? namingStrategy.prefixTableName(entityPrefix, name)
    : name;
}
