import { DataSource, type DataSourceOptions } from 'typeorm';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import { InboxService } from '../lib/inbox/inbox.service.js';
import { assertTables } from '../lib/database/schema/assert-tables.js';
import { createSqlDatabase } from '../lib/database/database.factory.js';
import { ConfigurationError } from '../lib/errors/configuration.error.js';
import { keyDigest } from '../lib/notifications/key-digest.js';
import { NotificationEntity } from '../lib/notifications/notification.entity.js';
import { NotificationKeyEntity } from '../lib/notifications/notification-key.entity.js';
import { JobEntity } from '../lib/queue/job.entity.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import { webhookEntities } from '../lib/module/webhook.entities.js';
import { webhookMigrations } from '../lib/module/webhook.migrations.js';
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

  it('F-3 give the jobs that are there the bytes of their events, and count attempts as before', async () => {
    const name = 'CountAttemptsByStart1764150000000';
    const index = webhookMigrations.findIndex((migration) => new migration().name === name);
    const before = await connect({ migrations: webhookMigrations.slice(0, index) });
    await before.runMigrations();
    const insert = async (table: string, row: Record<string, unknown>): Promise<void> => {
      const builder = before.createQueryBuilder().insert();
      await builder.into(table, Object.keys(row)).values(row).updateEntity(false).execute();
    };
    const key = (count: number): string => `0190a0a0-0000-7000-8000-00000000000${count}`;
    const body = '{"name":"Zoë 🦊"}';
    await insert('webhook_event', {
      key: key(1),
      source: 'game',
      tenant: '',
      id: '1',
      type: 'done',
      status: 'accepted',
      occurredAt: 1,
      receivedAt: 1,
      headers: '{}',
      body,
      bodyEncoding: 'utf8',
      format: 'json',
      dataPath: '',
    });
    const states = ['available', 'running', 'retryable', 'completed'];
    for (const [count, state] of states.entries()) {
      await insert('webhook_job', {
        id: key(count),
        kind: 'handler',
        name: 'handle',
        ref: key(1),
        state,
        attempt: 3,
        maxAttempts: 12,
        createdAt: 1,
        dueAt: state === 'completed' ? null : 1,
      });
    }
    await insert('webhook_job', {
      id: key(9),
      kind: 'handler',
      name: 'handle',
      ref: key(8),
      state: 'available',
      attempt: 0,
      maxAttempts: 12,
      createdAt: 1,
      dueAt: 1,
    });

    const after = await connect({});
    await after.runMigrations();
    const jobs = await after.getRepository(JobEntity).find({ order: { id: 'ASC' } });
    const bytes = Buffer.byteLength(body);
    expect(
      jobs.map((job) => [job.state, job.bytes, job.attempt, job.lease, job.lostLeases]),
    ).toEqual([
      ['available', bytes, 3, 1, 0],
      ['running', bytes, 2, 1, 0],
      ['retryable', bytes, 3, 1, 0],
      ['completed', 0, 3, 1, 0],
      ['available', 0, 0, 1, 0],
    ]);
  });

  it('REQ-125 REQ-126 keep the keys of notifications, up and down', async () => {
    const index = webhookMigrations.findIndex(
      (migration) => new migration().name === 'AddNotificationKeys1764150800000',
    );
    const before = await connect({ migrations: webhookMigrations.slice(0, index) });
    await before.runMigrations();
    const id = (count: number): string =>
      `0190a0a0-0000-7000-8000-${String(count).padStart(12, '0')}`;
    const table = 'webhook_notification';
    const insert = (rows: readonly (readonly [count: number, key: string | null])[]) =>
      before.query(
        `INSERT INTO ${table} (id, channel, dedupe_key, recipient, payload, created_at, queued) VALUES ${rows
          .map(([count, key]) => `('${id(count)}', 'sms', ${key}, '+43 "é"', '{}', ${count}, '1')`)
          .join(', ')}`,
      );
    // More than are changed at once, with others between them.
    const all = Array.from({ length: 1_200 }, (_, count) => count);
    await insert(all.map((count) => [count, count % 3 === 0 ? null : `'key ${count} é'`]));

    const after = await connect({ migrations: webhookMigrations.slice(0, index + 1) });
    await after.runMigrations();
    const keys = await after.getRepository(NotificationKeyEntity).find();
    expect(keys).toHaveLength(800);
    const byId = new Map(keys.map((key) => [key.notificationId, key]));
    const rows = await after.getRepository(NotificationEntity).find();
    for (const row of rows) {
      const digest = row.key && keyDigest('sms', '+43 "é"', row.key);
      expect([row.id, row.keyDigest]).toEqual([row.id, digest]);
      if (digest === null) continue;
      expect(byId.get(row.id)).toMatchObject({ digest, createdAt: row.createdAt, expiresAt: null });
    }

    const shared = all.slice(0, 600).map((count) => count + 2_000);
    await insert([...shared.map((count) => [count, "'shared'"] as const), [1_999, "'shared'"]]);
    await insert([[9_000, `'key 1 é'`]]);
    await after.undoLastMigration();
    const kept = await before.query<{ id: string; dedupe_key: string }[]>(
      `SELECT id, dedupe_key FROM ${table} WHERE dedupe_key IS NOT NULL ORDER BY id`,
    );
    expect(kept).toHaveLength(801);
    expect(kept.at(0)).toEqual({ id: id(1), dedupe_key: 'key 1 é' });
    expect(kept.at(-1)).toEqual({ id: id(1_999), dedupe_key: 'shared' });
    await expect(insert([[9_001, "'shared'"]])).rejects.toThrow(/unique|duplicate/i);
  });

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
      expect((await app.app.get(InboxService).list()).items).toMatchObject([
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
      await dataSource.query('ALTER TABLE webhook_job ADD COLUMN last_error text');
      await expectRefusal(/webhook_job.*it has no index 'webhook_job_due'/);
      await dataSource.query('CREATE INDEX webhook_job_due ON webhook_job (due_at)');
      const left =
        kind.name === 'MySQL'
          ? /'last_error' is text and not longtext.*'last_error' has the collation/
          : /^undefined$/;
      expect(String(await startUp())).toMatch(left);
    });
  });
});
