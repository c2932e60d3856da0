import type { DataSource, EntityMetadata } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import type { SchemaDialect } from '../schema/schema.dialect.js';
import { binaryCollation } from './binary-collation.js';

/**
 * Texts of any length, as on the other databases; and texts that differ in case, accents or trailing spaces are
 * different.
 *
 * @internal
 */
export const mysqlSchema: SchemaDialect = {
  sharesIndexNames: false,
  hasPartialIndexes: false,
  catalogue: `
    SELECT 'column' AS kind, column_name AS name, data_type AS type, collation_name AS collation
      FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ?
    UNION ALL SELECT DISTINCT 'index', index_name, NULL, NULL
      FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = ?`,
  nameInCatalogue: (_, { tableName }) => tableName,
  adaptColumns,
};

function adaptColumns(dataSource: DataSource, { columns }: EntityMetadata): void {
  const collation = binaryCollation(dataSource);
  for (const column of columns) {
    if (column.type === 'text') column.type = 'longtext';
    if (column.type === 'uuid') toChar(column, 36);
    if (typeof column.type === 'string' && /char|text/.test(column.type)) {
      column.charset = 'utf8mb4';
      column.collation = collation;
    }
  }
}

function toChar(column: ColumnMetadata, length: number): void {
  column.type = 'char';
  column.length = String(length);
}
