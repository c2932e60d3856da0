import type { DataSource } from 'typeorm';
import { ConfigurationError } from '../errors/configuration.error.js';
import { MysqlDatabase } from './mysql.database.js';
import { PostgresDatabase } from './postgres.database.js';
import type { SqlDatabase } from './sql-database.js';
import { SqliteDatabase } from './sqlite.database.js';

/**
 * Chooses the database by the driver of the host's data source.
 *
 * @param name the data source's name, where it is not the default one
 * @throws {ConfigurationError} for a missing data source and for a driver that is not supported
 * @internal
 */
export function createSqlDatabase(dataSource: DataSource | undefined, name?: string): SqlDatabase {
  if (dataSource === undefined) {
    throw name === undefined
      ? ConfigurationError.because(
          'dataSource',
          'There is no TypeORM data source to store events in.',
          "Import TypeOrmModule.forRoot({ type: 'better-sqlite3', ... }) beside WebhookModule.",
        )
      : ConfigurationError.because(
          'dataSource',
          `There is no TypeORM data source with the name '${name}' to store events in.`,
          `Import TypeOrmModule.forRoot({ name: '${name}', ... }) beside WebhookModule.`,
        );
  }
  switch (dataSource.options.type) {
    case 'better-sqlite3':
      return new SqliteDatabase(dataSource);
    case 'postgres':
      return new PostgresDatabase(dataSource);
    case 'mysql':
    case 'mariadb':
      return new MysqlDatabase(dataSource);
    default:
      throw ConfigurationError.because(
        'dataSource',
        `The data source's driver '${dataSource.options.type}' is not supported.`,
        "Use 'better-sqlite3', 'postgres', 'mysql' or 'mariadb'.",
      );
  }
}
