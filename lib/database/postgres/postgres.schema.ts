import type { SchemaDialect } from '../schema/schema.dialect.js';

/** @internal */
export const postgresSchema: SchemaDialect = {
  sharesIndexNames: true,
  hasPartialIndexes: true,
  catalogue: `
    SELECT 'column' AS kind, attname::text AS name, NULL AS type, NULL AS collation FROM pg_attribute
      WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped
    UNION ALL SELECT 'index', relname::text, NULL, NULL FROM pg_index
      JOIN pg_class ON pg_class.oid = indexrelid WHERE indrelid = to_regclass($2)`,
  nameInCatalogue: (database, { target }) => database.table(target),
  adaptColumns: () => undefined,
};
