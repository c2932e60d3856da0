import { DriverUtils } from 'typeorm/driver/DriverUtils.js';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import type { SqlDatabase } from '../../database/sql-database.js';

/**
 * The name under which TypeORM selects a column.
 *
 * @internal
 */
export function selectedAs(
  { dataSource }: SqlDatabase,
  { databaseName }: ColumnMetadata,
  alias: string,
): string {
  return DriverUtils.buildAlias(dataSource.driver, undefined, alias, databaseName);
}
