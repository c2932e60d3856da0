import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getDataSourceToken, TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { assertTables } from '../lib/database/schema/assert-tables.js';
import { createSqlDatabase } from '../lib/database/database.factory.js';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import { InboxService } from '../lib/inbox/inbox.service.js';
import { CreateWebhookTables1763942400000 } from '../lib/migrations/create-webhook-tables.migration.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import { drain } from '../lib/testing/drain.js';
import { webhookEntities } from '../lib/module/webhook.entities.js';
import { webhookMigrations } from '../lib/module/webhook.migrations.js';
import { WebhookModule } from '../lib/module/webhook.module.js';
import { startApp, type TestApp } from './support/application.js';
import { describeOnDatabases, type TestDatabase } from './support/databases.js';
import { RecordingLogger } from './support/recording.logger.js';

const sources = { game: unsigned({ id: { path: 'id' }, type: { path: 'type' } }) };

@Injectable()
class Handlers {
  @OnWebhook('done')
  handle(): void {}
}

describeOnDatabases('Two applications', (kind) => {
  let database: TestDatabase;
  const apps: TestApp[] = [];
  const open: DataSource[] = [];

  beforeEach(async () => {
    database = await kind.create();
  });

  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
    for (const dataSource of open.splice(0)) await dataSource.destroy();
    await database.drop();
  });

  const startWith = async (changes: object): Promise<TestApp> => {
    const options = { ...database.options, ...changes } as TypeOrmModuleOptions;
    const app = await startApp({
      database: { ...database, options },
      options: { sources },
      host: { providers: [Handlers] },
    });
    apps.push(app);
    return app;
  };

  const expectToReceive = async (app: TestApp, id: string): Promise<void> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await app.post('/webhooks/game', JSON.stringify({ id, type: 'done' }), headers);
    expect(answer).toMatchObject({ status: 200 });
    await app.drain();
    expect((await app.app.get(InboxService).list()).items).toMatchObject([
      { id, status: 'accepted' },
    ]);
  };

  const connect = async (changes: object): Promise<DataSource> => {
    const options = { ...database.options, synchronize: false, entities: [...webhookEntities] };
    const dataSource = new DataSource({ ...options, ...changes } as DataSourceOptions);
    open.push(await dataSource.initialize());
    return dataSource;
  };

  const startUpError = async (changes: object): Promise<string> =>
    assertTables(createSqlDatabase(await connect(changes)), webhookEntities).then(
      () => '',
      (error: Error) => error.message,
    );

  it('F-31 share a schema or a file with `synchronize`, each under its own prefix', async () => {
    const prefixes = ['a_', 'b_', undefined];
    for (const entityPrefix of prefixes)
      await expectToReceive(await startWith({ entityPrefix }), entityPrefix ?? 'none');
    // What each has is left alone when the others start again.
    for (const app of apps.splice(0)) await app.close();
    for (const entityPrefix of prefixes) {
      const app = await startWith({ entityPrefix });
      expect((await app.app.get(InboxService).list()).items).toMatchObject([
        { id: entityPrefix ?? 'none' },
      ]);
    }
  });

  it('F-31 share a schema or a file with migrations, each with its own table of migrations', async () => {
    for (const name of ['a', 'b', 'migrations']) {
      const own =
        name === 'migrations'
          ? {}
          : { entityPrefix: `${name}_`, migrationsTableName: `${name}_migrations` };
      const migrations = [...webhookMigrations];
      const app = await startWith({ ...own, synchronize: false, migrations, migrationsRun: true });
      await expectToReceive(app, name);
    }
    const a = await connect({
      entityPrefix: 'a_',
      migrationsTableName: 'a_migrations',
      migrations: [...webhookMigrations],
    });
    const { upQueries } = await a.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
    for (const app of apps.splice(0)) await app.close();
    for (const _migration of webhookMigrations) await a.undoLastMigration();
    expect(await startUpError({ entityPrefix: 'a_' })).toMatch(/a_webhook_event.*does not exist/);
    expect(await startUpError({ entityPrefix: 'b_' })).toBe('');
    expect(await startUpError({})).toBe('');
  });

  it('F-31 that share their table of migrations are told so', async () => {
    const migrations = { migrations: [...webhookMigrations] };
    await (await connect({ ...migrations, entityPrefix: 'a_' })).runMigrations();
    const b = { ...migrations, entityPrefix: 'b_' };
    await (await connect(b)).runMigrations();
    expect(await startUpError(b)).toMatch(/b_webhook_event.*does not exist.*`migrationsTableName`/);
  });

  it('F-31 rename the indexes of tables that had a prefix before, and keep their rows', async () => {
    const own = { entityPrefix: 'a_', migrationsTableName: 'a_migrations' };
    const first = await connect({ ...own, migrations: [CreateWebhookTables1763942400000] });
    await first.runMigrations();
    // As the first version of the library made them.
    const runner = first.createQueryRunner();
    for (const table of ['event', 'job', 'notification']) {
      const found = await runner.getTable(`a_webhook_${table}`);
      for (const index of found!.indices) {
        if (!index.name!.startsWith('a_')) continue;
        const renamed = index.clone();
        renamed.name = index.name!.slice(2);
        await runner.dropIndex(found!, index);
        await runner.createIndex(found!, renamed);
      }
    }
    await runner.query(
      `INSERT INTO a_webhook_rule_state (rule, subject, active, occurred_at, fire_count) VALUES ('r', 's', ${
        kind.name === 'PostgreSQL' ? 'true' : '1'
      }, 1, 1)`.replace('(rule,', kind.name === 'MySQL' ? '(`rule`,' : '(rule,'),
    );
    await runner.release();
    const all = { ...own, migrations: [...webhookMigrations] };
    // On MySQL the names need no prefix, and are right already.
    const problem =
      kind.name === 'MySQL' ? /a_webhook_event is not as/ : /no index 'a_webhook_event_identity'/;
    expect(await startUpError(all)).toMatch(problem);
    const migrated = await connect(all);
    await migrated.runMigrations();
    expect(await startUpError(all)).toBe('');
    const { upQueries } = await migrated.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
    expect(await migrated.query('SELECT subject FROM a_webhook_rule_state')).toHaveLength(1);
  });

  it.each(['forRoot', 'forRootAsync'] as const)(
    'F-30 F-31 %s takes the data source by its name, beside another one in the same process',
    async (method) => {
      const name = 'events';
      const options = { sources };
      @Module({
        imports: [
          TypeOrmModule.forRoot({
            ...database.options,
            entityPrefix: 'a_',
          } as TypeOrmModuleOptions),
          TypeOrmModule.forRoot({
            ...database.options,
            name,
            entityPrefix: 'b_',
          } as TypeOrmModuleOptions),
          method === 'forRoot'
            ? WebhookModule.forRoot({ ...options, dataSource: name })
            : WebhookModule.forRootAsync({ dataSource: name, useFactory: () => options }),
        ],
        providers: [Handlers],
      })
      class AppModule {}
      const app = await NestFactory.create(AppModule, {
        logger: new RecordingLogger(),
        abortOnError: false,
      });
      try {
        await app.listen(0, '127.0.0.1');
        const answer = await fetch(`${await app.getUrl()}/webhooks/game`, {
          method: 'POST',
          body: JSON.stringify({ id: '1', type: 'done' }),
          headers: { 'content-type': 'application/json' },
        });
        expect(answer.status).toBe(200);
        await drain(app);
        const events = app.get<DataSource>(getDataSourceToken(name));
        expect(await events.query('SELECT event_id FROM b_webhook_event')).toHaveLength(1);
      } finally {
        await app.close();
      }
    },
  );
});

describe('WebhookModule', () => {
  it.each([
    ['of a wrong type', 5, /`dataSource`.*the name of a data source, got number 5/],
    ['that is empty', '', /`dataSource`.*the name of a data source, got an empty string/],
  ])('F-30 refuses a name of a data source %s', (_, dataSource, message) => {
    expect(() => WebhookModule.forRoot({ dataSource: dataSource as string })).toThrow(message);
    expect(() =>
      WebhookModule.forRootAsync({ dataSource: dataSource as string, useFactory: () => ({}) }),
    ).toThrow(message);
  });

  it('F-30 names a data source that does not exist', () => {
    expect(() => createSqlDatabase(undefined, undefined, 'events')).toThrow(
      /no TypeORM data source with the name 'events'.*TypeOrmModule\.forRoot\({ name: 'events'/,
    );
  });
});
