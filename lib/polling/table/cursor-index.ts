import type { EntityMetadata } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import type { SqlDatabase } from '../../database/sql-database.js';

/**
 * Whether an index of a table leads with its cursor, as the entity declares or else the database has it.
 *
 * @internal
 */
export async function isIndexed(
  database: SqlDatabase,
  { primaryColumns, indices, uniques, tablePath, tableType }: EntityMetadata,
  { databaseName }: ColumnMetadata,
): Promise<boolean> {
  const declared = [
    primaryColumns,
    ...indices.filter(({ where }) => where === undefined).map(({ columns }) => columns),
    ...uniques.map(({ columns }) => columns),
  ];
  if (tableType === 'view' || declared.some(([first]) => first?.databaseName === databaseName)) {
    return true;
  }
  return database.managed(async ({ queryRunner }) => {
    const table = await queryRunner?.getTable(tablePath);
    return (table?.indices ?? []).some(
      ({ columnNames: [first], where }) => first === databaseName && !where,
    );
  });
}

/**
 * The decorator that gives an entity the index that is needed.
 *
 * @internal
 */
export function indexDecorator(columns: readonly ColumnMetadata[]): string {
  const properties = columns.map(({ propertyPath }) => `'${propertyPath}'`);
  return `@Index([${[...new Set(properties)].join(', ')}])`;
}
