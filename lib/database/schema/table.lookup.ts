import type { EntityManager, EntityMetadata } from 'typeorm';
import type { DatabaseKind, SqlDatabase } from '../sql-database.js';

/** What the database has of a table, by the database's catalogue. */
export interface FoundTable {
  readonly columns: ReadonlyMap<string, FoundColumn>;
  readonly indexes: ReadonlySet<string>;
}

export interface FoundColumn {
  /** On MySQL, such as `longtext`; else empty. */
  readonly type: string;
  /** On MySQL, of a text; else empty. */
  readonly collation: string;
}

interface CatalogueRow {
  readonly kind: 'column' | 'index';
  readonly name: string;
  readonly type: string | null;
  readonly collation: string | null;
}

/** Lists columns and indexes of one table; no row of the table itself is read. */
const CATALOGUE: Readonly<Record<DatabaseKind, string>> = {
  sqlite: `
    SELECT 'column' AS kind, name, NULL AS type, NULL AS collation FROM pragma_table_info(?)
    UNION ALL SELECT 'index', name, NULL, NULL FROM pragma_index_list(?)`,
  postgres: `
    SELECT 'column' AS kind, attname::text AS name, NULL AS type, NULL AS collation FROM pg_attribute
      WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped
    UNION ALL SELECT 'index', relname::text, NULL, NULL FROM pg_index
      JOIN pg_class ON pg_class.oid = indexrelid WHERE indrelid = to_regclass($2)`,
  mysql: `
    SELECT 'column' AS kind, column_name AS name, data_type AS type, collation_name AS collation
      FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ?
    UNION ALL SELECT DISTINCT 'index', index_name, NULL, NULL
      FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = ?`,
};

/**
 * Looks a table up in the database's catalogue.
 *
 * @returns `undefined` where there is no such table
 * @internal
 */
export async function findTable(
  database: SqlDatabase,
  manager: EntityManager,
  metadata: EntityMetadata,
): Promise<FoundTable | undefined> {
  const { kind } = database;
  const name = kind === 'postgres' ? database.table(metadata.target) : metadata.tableName;
  const rows = (await manager.query(CATALOGUE[kind], [name, name])) as CatalogueRow[];
  if (rows.length === 0) return undefined;
  const columns = rows.filter((row) => row.kind === 'column');
  const indexes = rows.filter((row) => row.kind === 'index');
  return {
    columns: new Map(
      columns.map(({ name: column, type, collation }) => [
        column,
        { type: type ?? '', collation: collation ?? '' },
      ]),
    ),
    indexes: new Set(indexes.map((row) => row.name)),
  };
}
