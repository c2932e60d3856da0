import type { DataSource, TableColumnOptions } from 'typeorm';
import { binaryCollation } from '../database/adapt-to-driver.decorator.js';

/** What a column holds, whatever the database calls it. */
export type ColumnKind = 'uuid' | 'varchar' | 'text' | 'bigint' | 'integer' | 'boolean';

type Types = Readonly<Record<ColumnKind, string>>;

const SQLITE: Types = {
  uuid: 'varchar',
  varchar: 'varchar',
  text: 'text',
  bigint: 'bigint',
  integer: 'integer',
  boolean: 'boolean',
};

const POSTGRES: Types = { ...SQLITE, uuid: 'uuid' };

const MYSQL: Types = {
  ...SQLITE,
  uuid: 'char',
  text: 'longtext',
  integer: 'int',
  boolean: 'tinyint',
};

/**
 * How a kind of column is declared on a database.
 *
 * @internal
 */
export function columnType(dataSource: DataSource, kind: ColumnKind): Partial<TableColumnOptions> {
  const { type } = dataSource.options;
  if (type !== 'mysql' && type !== 'mariadb') {
    return { type: (type === 'postgres' ? POSTGRES : SQLITE)[kind] };
  }
  const isText = kind === 'uuid' || kind === 'varchar' || kind === 'text';
  return {
    type: MYSQL[kind],
    ...(kind === 'uuid' ? { length: '36' } : {}),
    // Texts that differ in case, accents or trailing spaces are different, as everywhere else.
    ...(isText ? { charset: 'utf8mb4', collation: binaryCollation(dataSource) } : {}),
  };
}
