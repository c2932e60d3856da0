import type { DataSource } from 'typeorm';

/** The part of TypeORM's MySQL driver that is used here. */
interface MysqlDriver {
  /** Of the server, such as `8.0.36` or `10.11.6`. */
  readonly version: string;
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
  // MariaDB's versions begin with 10. Without padding, `x` and `x ` are different.
  if (major >= 10) return 'utf8mb4_nopad_bin';
  const hasUnpadded = major > 8 || (major === 8 && (minor > 0 || patch >= 17));
  return hasUnpadded ? 'utf8mb4_0900_bin' : 'utf8mb4_bin';
}
