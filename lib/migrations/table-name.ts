import type { DataSource } from 'typeorm';

/**
 * The name of a table of this library, with the data source's `entityPrefix`.
 *
 * @param name the table's name without a prefix
 * @internal
 */
export function tableName({ options, namingStrategy }: DataSource, name: string): string {
  const { entityPrefix } = options;
  return entityPrefix ? namingStrategy.prefixTableName(entityPrefix, name) : name;
}
