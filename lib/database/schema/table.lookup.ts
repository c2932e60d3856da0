import type { EntityManager, EntityMetadata } from 'typeorm';
import type { SqlDatabase } from '../sql-database.js';
import { schemaDialectOf } from './schema-dialect.factory.js';

/** A table as the database's catalogue describes it. */
export interface FoundTable {
  readonly columns: ReadonlyMap<string, FoundColumn>;
  readonly indexes: ReadonlySet<string>;
}

export interface FoundColumn {
  /** On MySQL, such as `longtext`; otherwise empty. */
  readonly type: string;
  /** On MySQL, of a text column; otherwise empty. */
  readonly collation: string;
}

interface CatalogueRow {
  readonly kind: 'column' | 'index';
  readonly name: string;
  readonly type: string | null;
  readonly collation: string | null;
}

/**
 * Looks a table up in the database's catalogue.
 *
 * @returns `undefined` if the table does not exist
 * @internal
 */
export async function findTable(
  database: SqlDatabase,
  manager: EntityManager,
  metadata: EntityMetadata,
): Promise<FoundTable | undefined> {
  const schema = schemaDialectOf(database.dataSource);
  const name = schema.nameInCatalogue(database, metadata);
  const rows = (await manager.query(schema.catalogue, [name, name])) as CatalogueRow[];
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
