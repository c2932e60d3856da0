import type { DataSource, EntityMetadata } from 'typeorm';
import type { SqlDatabase } from '../sql-database.js';

/**
 * What one database has of its own in its tables, columns and indexes.
 *
 * @internal
 */
export interface SchemaDialect {
  /** Whether no two indexes of a schema or file may have one name; else no two of a table. */
  readonly sharesIndexNames: boolean;
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
