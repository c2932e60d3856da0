import type { DataSource } from 'typeorm';
import { databaseKindOf } from '../../database/database-kind.js';
import type { MigrationDialect } from './migration.dialect.js';
import { mysqlMigrations } from './mysql.js';
import { postgresMigrations } from './postgres.js';
import { sqliteMigrations } from './sqlite.js';

/**
 * The dialect of the host's data source.
 *
 * @internal
 */
export function migrationDialectOf(dataSource: DataSource): MigrationDialect {
  switch (databaseKindOf(dataSource)) {
    case 'mysql':
      return mysqlMigrations(dataSource);
    case 'postgres':
      return postgresMigrations(dataSource);
    default:
      return sqliteMigrations(dataSource);
  }
}
