import type { SchemaDialect } from '../schema/schema.dialect.js';

/** @internal */
export const sqliteSchema: SchemaDialect = {
  sharesIndexNames: true,
  hasPartialIndexes: true,
  catalogue: `
    SELECT 'column' AS kind, name, NULL AS type, NULL AS collation FROM pragma_table_info(?)
    UNION ALL SELECT 'index', name, NULL, NULL FROM pragma_index_list(?)`,
  nameInCatalogue: (_, { tableName }) => tableName,
  adaptColumns: () => undefined,
};
