import type { DataSource } from 'typeorm';
import type { Clock } from '../clock/clock.js';
import { SystemClock } from '../clock/system.clock.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { databaseKindOf } from './database-kind.js';
import { DATABASE_OPTIONS, type ResolvedDatabaseOptions } from './database.options.js';
import { MysqlDatabase } from './mysql/mysql.database.js';
import { PostgresDatabase } from './postgres/postgres.database.js';
import type { SqlDatabase } from './sql-database.js';
import { SqliteDatabase } from './sqlite/sqlite.database.js';

/**
 * Chooses the database by the driver of the host's data source.
 *
 * @param options what the host has set
 * @param name the data source's name, if it is not the default one
 * @param clock measures time limits: the machine's, whatever clock the host has for the rest
 * @throws {ConfigurationError} for a missing data source and for a driver that is not supported
 * @internal
 */
export function createSqlDatabase(
  dataSource: DataSource | undefined,
  options: ResolvedDatabaseOptions = DATABASE_OPTIONS.defaults,
  name?: string,
  clock: Clock = new SystemClock(),
): SqlDatabase {
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
  switch (databaseKindOf(dataSource)) {
    case 'sqlite':
      return new SqliteDatabase(dataSource, options);
    case 'postgres':
      return new PostgresDatabase(dataSource, options, clock);
    case 'mysql':
      return new MysqlDatabase(dataSource, options, clock);
    case undefined:
      throw ConfigurationError.because(
        'dataSource',
        `The data source's driver '${dataSource.options.type}' is not supported.`,
        "Use 'better-sqlite3', 'postgres', 'mysql' or 'mariadb'.",
      );
  }
}
