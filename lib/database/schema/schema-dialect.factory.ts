import type { DataSource } from 'typeorm';
import { databaseKindOf, type DatabaseKind } from '../database-kind.js';
import { mysqlSchema } from '../mysql/mysql.schema.js';
import { postgresSchema } from '../postgres/postgres.schema.js';
import { sqliteSchema } from '../sqlite/sqlite.schema.js';
import type { SchemaDialect } from './schema.dialect.js';

const SCHEMAS: Readonly<Record<DatabaseKind, SchemaDialect>> = {
  sqlite: sqliteSchema,
  postgres: postgresSchema,
  mysql: mysqlSchema,
};

/**
 * The dialect of the data source's tables. TypeORM asks for it before start-up refuses a driver that is not
 * supported: until then, such a driver gets the dialect of SQLite.
 *
 * @internal
 */
export function schemaDialectOf(dataSource: DataSource): SchemaDialect {
  return SCHEMAS[databaseKindOf(dataSource) ?? 'sqlite'];
}
