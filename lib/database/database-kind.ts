import type { DataSource } from 'typeorm';

/** The databases that the library can run on. */
export type DatabaseKind = 'sqlite' | 'postgres' | 'mysql';

/** TypeORM's names of their drivers. */
const KINDS: ReadonlyMap<string, DatabaseKind> = new Map([
  ['better-sqlite3', 'sqlite'],
  ['postgres', 'postgres'],
  ['mysql', 'mysql'],
  ['mariadb', 'mysql'],
]);

/**
 * Which database the data source connects to.
 *
 * @returns `undefined` for a driver that is not supported
 * @internal
 */
export function databaseKindOf({ options }: DataSource): DatabaseKind | undefined {
  return KINDS.get(options.type);
}
