import type { QueryRunner, TableColumnOptions } from 'typeorm';

/** The column types of this library on one database. */
export interface ColumnTypes {
  uuid(name: string): TableColumnOptions;
  /** Up to `length` characters. */
  string(name: string, length: number): TableColumnOptions;
  /** Of any length. */
  text(name: string): TableColumnOptions;
  /** 32 bits. */
  integer(name: string): TableColumnOptions;
  /** Milliseconds since the epoch. */
  instant(name: string): TableColumnOptions;
  boolean(name: string): TableColumnOptions;
}

/** Renames indexes, for databases where index names are unique in a schema or file. */
export interface IndexNames {
  /** Whether an index of the schema or file has the name. */
  isTaken(runner: QueryRunner, name: string): Promise<boolean>;
  /** Renames an index of the table; does nothing if the table does not have it. */
  rename(
    runner: QueryRunner,
    table: string,
    names: { readonly from: string; readonly to: string },
  ): Promise<void>;
}

/**
 * What differs between databases in migrations. Like the migrations, it does not follow the entities: a
 * released migration never changes.
 *
 * @internal
 */
export interface MigrationDialect {
  readonly columns: ColumnTypes;
  /** The default of a boolean column that is false. */
  readonly no: string;
  /** Whether an index can hold some of the rows only; conditions of indexes are ignored otherwise. */
  readonly hasPartialIndexes: boolean;
  /** `undefined` if index names are unique in their table. */
  readonly indexNames: IndexNames | undefined;
  /** An expression that counts the bytes of a text column. */
  bytesOf(column: string): string;
  /**
   * A table's quoted name, with the data source's schema.
   *
   * @param table its name, with the prefix
   */
  quote(table: string): string;
}
