import { ConfigurableModuleBuilder, type Provider } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { assertMysqlServer } from './database/assert-mysql-server.js';
import { assertTables } from './database/assert-tables.js';
import { createSqlDatabase } from './database/database.factory.js';
import { SqlDatabase } from './database/sql-database.js';
import { webhookEntities } from './webhook.entities.js';
import type { WebhookModuleExtras, WebhookModuleOptions } from './webhook.options.js';

const NO_EXTRAS: WebhookModuleExtras = {};

/** @internal */
export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<WebhookModuleOptions>({ moduleName: 'Webhook' })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createWebhookOptions')
    .setExtras(NO_EXTRAS, (definition, { dataSource }) => ({
      ...definition,
      imports: [
        ...(definition.imports ?? []),
        TypeOrmModule.forFeature([...webhookEntities], dataSource),
      ],
      providers: [...(definition.providers ?? []), databaseProvider(dataSource)],
    }))
    .build();

function databaseProvider(dataSourceName: string | undefined): Provider {
  return {
    provide: SqlDatabase,
    useFactory: async (dataSource?: DataSource): Promise<SqlDatabase> => {
      const database = createSqlDatabase(dataSource);
      await assertMysqlServer(database);
      await assertTables(database, webhookEntities);
      return database;
    },
    inject: [{ token: getDataSourceToken(dataSourceName), optional: true }],
  };
}
