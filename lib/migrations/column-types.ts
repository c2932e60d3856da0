import type { DataSource, TableColumnOptions } from 'typeorm';
import { binaryCollation } from '../database/schema/adapt-to-driver.decorator.js';

/** The types that columns of this library have, in the words of one driver. */
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

/**
 * The column types for the driver of the host's data source.
 *
 * @internal
 */
export function columnTypesOf(dataSource: DataSource): ColumnTypes {
  switch (dataSource.options.type) {
    case 'mysql':
    case 'mariadb':
      return mysqlTypes(binaryCollation(dataSource));
    case 'postgres':
      return plainTypes('uuid', 'character varying');
    default:
      return plainTypes('varchar', 'varchar');
  }
}

function plainTypes(uuid: string, string: string): ColumnTypes {
  return {
    uuid: (name) => ({ name, type: uuid }),
    string: (name, length) => ({ name, type: string, length: String(length) }),
    text: (name) => ({ name, type: 'text' }),
    integer: (name) => ({ name, type: 'integer' }),
    instant: (name) => ({ name, type: 'bigint' }),
    boolean: (name) => ({ name, type: 'boolean' }),
  };
}

function mysqlTypes(collation: string): ColumnTypes {
  const text = { charset: 'utf8mb4', collation };
  return {
    uuid: (name) => ({ name, type: 'char', length: '36', ...text }),
    string: (name, length) => ({ name, type: 'varchar', length: String(length), ...text }),
    text: (name) => ({ name, type: 'longtext', ...text }),
    integer: (name) => ({ name, type: 'int' }),
    instant: (name) => ({ name, type: 'bigint' }),
    boolean: (name) => ({ name, type: 'tinyint' }),
  };
}
