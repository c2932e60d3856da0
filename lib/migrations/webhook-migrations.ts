import { CreateWebhookTables1764000000000 } from './create-tables.migration.js';

/**
 * The migrations of this library, for a data source that does not `synchronize`: one for each version
 * of its tables, on SQLite, PostgreSQL, MySQL and MariaDB.
 *
 * @example
 * ```ts
 * TypeOrmModule.forRoot({
 *   type: 'postgres',
 *   url,
 *   autoLoadEntities: true,
 *   migrations: [...myMigrations, ...webhookMigrations],
 *   migrationsRun: true,
 * })
 * ```
 * @publicApi
 */
export const webhookMigrations = [CreateWebhookTables1764000000000];
