import type { DataSource } from 'typeorm';
import { binaryCollation } from '../../database/mysql/binary-collation.js';
import type { ColumnTypes, MigrationDialect } from './migration.dialect.js';

/** @internal */
export function mysqlMigrations(dataSource: DataSource): MigrationDialect {
  return {
    columns: columnTypes(binaryCollation(dataSource)),
    no: '0',
    hasPartialIndexes: false,
    indexNames: undefined,
    bytesOf: (column) => `OCTET_LENGTH(${column})`,
    quote: (table) => dataSource.driver.escape(table),
  };
}

function columnTypes(collation: string): ColumnTypes {
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
