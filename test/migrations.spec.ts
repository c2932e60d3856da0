import { DataSource, type DataSourceOptions } from 'typeorm';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import { InboxService } from '../lib/inbox/inbox.service.js';
import { assertTables } from '../lib/database/assert-tables.js';
import { createSqlDatabase } from '../lib/database/database.factory.js';
import { ConfigurationError } from '../lib/errors/configuration.error.js';
import { unsigned } from '../lib/signatures/providers/unsigned.js';
import { webhookEntities } from '../lib/webhook.entities.js';
import { webhookMigrations } from '../lib/webhook.migrations.js';
import { startApp } from './support/application.js';
import { describeOnDatabases, type TestDatabase } from './support/databases.js';

class Handlers {
  @OnWebhook('done')
  handle(): void {}
}

/** All tables of the database with their columns and indexes, except TypeORM's own. */
const SCHEMA: Readonly<Record<string, string>> = {
  SQLite: `SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'migrations%' AND name NOT LIKE 'sqlite%'
    AND tbl_name <> 'migrations' ORDER BY name`,
  PostgreSQL: `
    SELECT table_name || '.' || column_name AS name, data_type || ' ' || is_nullable || ' '
      || COALESCE(character_maximum_length::text, '') || COALESCE(column_default, '') AS sql
    FROM information_schema.columns WHERE table_schema = current_schema() AND table_name <> 'migrations'
    UNION ALL SELECT tablename || ' ' || indexname, indexdef FROM pg_indexes
      WHERE schemaname = current_schema() AND tablename <> 'migrations' ORDER BY 1`,
  MySQL: `
    SELECT CONCAT(table_name, '.', column_name) AS name,
      CONCAT_WS(' ', column_type, is_nullable, column_default, collation_name, column_key) AS sql_text
    FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name <> 'migrations'
    UNION ALL SELECT CONCAT(table_name, ' ', index_name, ' ', seq_in_index),
      CONCAT_WS(' ', column_name, non_unique, sub_part) FROM information_schema.statistics
      WHERE table_schema = DATABASE() AND table_name <> 'migrations' ORDER BY 1`,
};

/** The type of a text of any length. */
const TEXT: Readonly<Record<string, string>> = {
  SQLite: 'text',
  PostgreSQL: 'text',
  MySQL: 'longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
};

describeOnDatabases('webhookMigrations', (kind) => {
  let database: TestDatabase;
  const open: DataSource[] = [];

  beforeEach(async () => {
    database = await kind.create();
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((dataSource) => dataSource.destroy()));
    await database.drop();
  });

  const connect = async (
    changes: Partial<DataSourceOptions>,
    { options } = database,
  ): Promise<DataSource> => {
    const dataSource = await new DataSource({
      ...(options as DataSourceOptions),
      entities: [...webhookEntities],
      synchronize: false,
      migrations: [...webhookMigrations],
      ...changes,
    } as DataSourceOptions).initialize();
    open.push(dataSource);
    return dataSource;
  };

  const schemaOf = async (dataSource: DataSource): Promise<unknown[]> => {
    const runner = dataSource.createQueryRunner();
    try {
      const rows = (await runner.query(SCHEMA[kind.name]!)) as object[];
      // Each test database has a name of its own, which PostgreSQL has in its indexes.
      const schema = 'schema' in dataSource.options ? String(dataSource.options.schema) : '\0';
      return rows.map((row) => JSON.stringify(row).replaceAll(schema, '<schema>'));
    } finally {
      await runner.release();
    }
  };

  it.each([
    ['', {}],
    [' with a prefix', { entityPrefix: 'app_' }],
  ])(
    'make what the entities declare%s, and nothing else; down leaves nothing',
    async (_, changes) => {
      const migrated = await connect(changes);
      await migrated.runMigrations();
      const { upQueries } = await migrated.driver.createSchemaBuilder().log();
      expect(upQueries.map(({ query }) => query)).toEqual([]);

      const other = await kind.create();
      try {
        const synchronized = await connect({ ...changes, synchronize: true }, other);
        expect(await schemaOf(migrated)).toEqual(await schemaOf(synchronized));
        await open.pop()?.destroy();
      } finally {
        await other.drop();
      }

      for (const _migration of webhookMigrations) await migrated.undoLastMigration();
      expect(await schemaOf(migrated)).toEqual([]);
    },
  );

  it('run the library', async () => {
    const app = await startApp({
      database: {
        ...database,
        options: {
          ...database.options,
          synchronize: false,
          migrations: [...webhookMigrations],
          migrationsRun: true,
        } as typeof database.options,
      },
      options: { sources: { game: unsigned({ id: { path: 'id' }, type: { path: 'type' } }) } },
      host: { providers: [Handlers] },
    });
    try {
      expect((await app.post('/webhooks/game', '{"id":1,"type":"done"}')).status).toBe(200);
      await app.drain();
      expect(await app.app.get(InboxService).find()).toMatchObject([
        { id: '1', status: 'accepted' },
      ]);
    } finally {
      await app.close();
    }
  });

  describe('at start-up', () => {
    /** What start-up does of its own accord, once the data source is there. */
    const startUp = async (): Promise<unknown> => {
      const sql = createSqlDatabase(await connect({}));
      return assertTables(sql, webhookEntities).catch((error: unknown) => error);
    };

    const expectRefusal = async (problem: RegExp): Promise<void> => {
      const error = await startUp();
      expect(error).toBeInstanceOf(ConfigurationError);
      expect((error as Error).message).toMatch(problem);
      expect((error as Error).message).toMatch(/webhookMigrations.*synchronize: true/);
    };

    it('are said to be missing where there are no tables', async () => {
      await expectRefusal(/webhook_event.*it does not exist/);
    });

    it('are said to be missing for each column and index that is not there', async () => {
      const dataSource = await connect({});
      await dataSource.runMigrations();
      expect(await startUp()).toBeUndefined();
      const on = kind.name === 'MySQL' ? ' ON webhook_job' : '';
      await dataSource.query('ALTER TABLE webhook_job DROP COLUMN last_error');
      await dataSource.query(`DROP INDEX webhook_job_due${on}`);
      await expectRefusal(/webhook_job.*no column 'last_error'; it has no index 'webhook_job_due'/);
      await dataSource.query('ALTER TABLE webhook_rule_state ADD COLUMN own_addition integer NULL');
      await dataSource.query(`ALTER TABLE webhook_job ADD COLUMN last_error ${TEXT[kind.name]}`);
      await expectRefusal(/webhook_job.*it has no index 'webhook_job_due'/);
      await dataSource.query('CREATE INDEX webhook_job_due ON webhook_job (due_at)');
      expect(await startUp()).toBeUndefined();
    });

    if (kind.name === 'MySQL') {
      it('are said to be wrong where texts would be cut, or taken for one another', async () => {
        const dataSource = await connect({});
        await dataSource.runMigrations();
        await dataSource.query('ALTER TABLE webhook_event MODIFY body text NOT NULL');
        await expectRefusal(
          /webhook_event.*'body' is text and not longtext.*'body' has the collation \w+_ci/,
        );
      });
    }
  });
});
