import { Injectable } from '@nestjs/common';
import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { assertTables } from '../lib/database/assert-tables.js';
import { createSqlDatabase } from '../lib/database/database.factory.js';
import {
  OnWebhook,
  unsigned,
  webhookEntities,
  webhookMigrations,
  type WebhookEvent,
} from '../lib/index.js';
import { startApp } from './support/application.js';
import { describeOnDatabases, type TestDatabase } from './support/databases.js';

@Injectable()
class Handlers {
  readonly ids: string[] = [];

  @OnWebhook('**')
  handle({ id }: WebhookEvent): void {
    this.ids.push(id);
  }
}

describeOnDatabases('The migrations', (kind) => {
  let database: TestDatabase;

  const open = (changes: Partial<DataSourceOptions> = {}): Promise<DataSource> =>
    new DataSource({
      ...(database.options as DataSourceOptions),
      synchronize: false,
      entities: [...webhookEntities],
      migrations: webhookMigrations,
      ...changes,
    } as DataSourceOptions).initialize();

  const tablesOf = async (dataSource: DataSource): Promise<string[]> => {
    const runner = dataSource.createQueryRunner();
    const found = await Promise.all(
      webhookEntities.map(async (entity) => {
        const { tablePath } = dataSource.getMetadata(entity);
        return (await runner.hasTable(tablePath)) ? [tablePath] : [];
      }),
    );
    await runner.release();
    return found.flat();
  };

  beforeEach(async () => {
    database = await kind.create();
  });

  afterEach(() => database.drop());

  it.each([{}, { entityPrefix: 'app_' }])(
    'make what the entities declare, and leave nothing when they are undone (%j)',
    async (changes) => {
      const dataSource = await open(changes);
      await dataSource.runMigrations();
      const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
      expect(upQueries.map(({ query }) => query)).toEqual([]);
      expect(await tablesOf(dataSource)).toHaveLength(webhookEntities.length);

      await dataSource.undoLastMigration();
      expect(await tablesOf(dataSource)).toEqual([]);
      await dataSource.destroy();
    },
  );

  it('are all that an application needs', async () => {
    const options = {
      ...database.options,
      synchronize: false,
      migrations: webhookMigrations,
      migrationsRun: true,
    } as TypeOrmModuleOptions;
    const app = await startApp({
      database: { ...database, options },
      host: { providers: [Handlers] },
      options: { sources: { any: unsigned({ id: { path: 'id' } }) } },
    });
    expect((await app.post('/webhooks/any', '{"id":"1"}')).status).toBe(200);
    await app.drain();
    expect(app.app.get(Handlers).ids).toEqual(['1']);
    await app.close();
  });

  it('are asked for where a table is of another version', async () => {
    const dataSource = await open();
    await dataSource.runMigrations();
    const runner = dataSource.createQueryRunner();
    const { tablePath } = dataSource.getMetadata('JobEntity');
    await runner.dropIndex(tablePath, 'webhook_job_ref');
    await runner.dropColumn(tablePath, 'max_attempts');
    await runner.release();
    await expect(assertTables(createSqlDatabase(dataSource), webhookEntities)).rejects.toThrow(
      /webhook_job lacks the column max_attempts and the index webhook_job_ref.*webhookMigrations/s,
    );
    await dataSource.destroy();
  });

  it('are asked for where there are no tables', async () => {
    const dataSource = await open();
    await expect(assertTables(createSqlDatabase(dataSource), webhookEntities)).rejects.toThrow(
      /There is no table .*webhook_.*webhookMigrations/s,
    );
    await dataSource.destroy();
  });
});
