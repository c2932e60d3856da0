import { ConfigurableModuleBuilder, type Provider } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { assertTables } from '../database/schema/assert-tables.js';
import { createSqlDatabase } from '../database/database.factory.js';
import { DATABASE_OPTIONS, type ResolvedDatabaseOptions } from '../database/database.options.js';
import { SqlDatabase } from '../database/sql-database.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { webhookEntities } from './webhook.entities.js';
import type { WebhookModuleExtras, WebhookModuleOptions } from './webhook.options.js';

/** The builder tells extras from options by the keys of this object. */
const NO_EXTRAS: WebhookModuleExtras = { dataSource: undefined };

/** @internal */
export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<WebhookModuleOptions>({ moduleName: 'Webhook' })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createWebhookOptions')
    .setExtras(NO_EXTRAS, (definition, { dataSource }) => {
      assertName(dataSource);
      return {
        ...definition,
        imports: [
          ...(definition.imports ?? []),
          TypeOrmModule.forFeature([...webhookEntities], dataSource),
        ],
        providers: [...(definition.providers ?? []), databaseProvider(dataSource)],
      };
    })
    .build();

function assertName(dataSource: unknown): void {
  if (dataSource === undefined || (typeof dataSource === 'string' && dataSource !== '')) return;
  throw ConfigurationError.invalidOption(
    'dataSource',
    'the name of a data source',
    dataSource,
    'Give the `name` of TypeOrmModule.forRoot, or leave it out for the default data source.',
  );
}

function databaseProvider(dataSourceName: string | undefined): Provider {
  return {
    provide: SqlDatabase,
    useFactory: async (
      options: ResolvedDatabaseOptions,
      dataSource?: DataSource,
    ): Promise<SqlDatabase> => {
      const database = createSqlDatabase(dataSource, options, dataSourceName);
      await database.assertServer();
      await assertTables(database, webhookEntities);
      return database;
    },
    inject: [DATABASE_OPTIONS.token, { token: getDataSourceToken(dataSourceName), optional: true }],
  };
}
