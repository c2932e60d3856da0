import type { DataSource, EntityMetadata } from 'typeorm';
import type { SqlDatabase } from '../sql-database.js';

/**
 * What differs between databases in tables, columns and indexes.
 *
 * @internal
 */
export interface SchemaDialect {
  /** Whether index names are unique in a schema or file; otherwise they are unique in a table. */
  readonly sharesIndexNames: boolean;
  /** Whether an index can hold some of the rows only. */
  readonly hasPartialIndexes: boolean;
  /**
   * Lists the columns and indexes of one table, whose name is both parameters. It reads the catalogue, and no row
   * of the table.
   */
  readonly catalogue: string;
  /** The name by which the catalogue finds the table. */
  nameInCatalogue(database: SqlDatabase, metadata: EntityMetadata): string;
  /** Changes the columns of an entity before TypeORM makes or compares its table. */
  adaptColumns(dataSource: DataSource, metadata: EntityMetadata): void;
}
