import type { DataSource, EntityMetadata } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { indexName } from './index-name.js';

/** The part of TypeORM's MySQL driver that is used here. */
interface MysqlDriver {
  /** Of the server, such as `8.0.36` or `10.11.6`. */
  readonly version: string;
}

/**
 * Has MySQL and MariaDB keep the columns of an entity as the other databases do: texts of any length,
 * and texts that differ in case, accents or trailing spaces are different. On the others, the names of
 * indexes get the `entityPrefix` of the data source. TypeORM has no options for one driver or data
 * source only. It tells an entity's class when a data source knows it, before the schema is
 * synchronized, provided that the class has what TypeORM's own `BaseEntity` has.
 *
 * @internal
 */
export function AdaptToDriver(): ClassDecorator {
  return (target) => {
    const statics = {
      hasId: () => true,
      save: () => undefined,
      useDataSource: (dataSource: DataSource) => adapt(dataSource, dataSource.getMetadata(target)),
    };
    for (const [name, value] of Object.entries(statics)) {
      Object.defineProperty(target, name, { value, enumerable: false });
    }
  };
}

/**
 * The collation of this server that compares texts code point by code point.
 *
 * @internal
 */
export function binaryCollation(dataSource: DataSource): string {
  const [major = 0, minor = 0, patch = 0] = (dataSource.driver as unknown as MysqlDriver).version
    .split('.')
    .map(Number);
  // MariaDB's versions begin with 10. Without padding, `x` and `x ` are two.
  if (major >= 10) return 'utf8mb4_nopad_bin';
  const hasUnpadded = major > 8 || (major === 8 && (minor > 0 || patch >= 17));
  return hasUnpadded ? 'utf8mb4_0900_bin' : 'utf8mb4_bin';
}

function adapt(dataSource: DataSource, { columns, indices }: EntityMetadata): void {
  for (const index of indices) {
    if (index.givenName !== undefined) index.name = indexName(dataSource, index.givenName);
  }
  const { type } = dataSource.options;
  if (type !== 'mysql' && type !== 'mariadb') return;
  const collation = binaryCollation(dataSource);
  for (const column of columns) {
    if (column.type === 'text') column.type = 'longtext';
    if (column.type === 'uuid') toChar(column, 36);
    if (typeof column.type === 'string' && /char|text/.test(column.type)) {
      column.charset = 'utf8mb4';
      column.collation = collation;
    }
  }
}

function toChar(column: ColumnMetadata, length: number): void {
  column.type = 'char';
  column.length = String(length);
}
