import { DataSource, type DataSourceOptions } from 'typeorm';
import { webhookEntities } from '../lib/module/webhook.entities.js';
import { webhookMigrations } from '../lib/module/webhook.migrations.js';
import { describeOnDatabases, type TestDatabase } from './support/databases.js';

describeOnDatabases('REQ-93 The migration to the firings of rules and back', (kind) => {
  let database: TestDatabase;
  const open: DataSource[] = [];

  beforeEach(async () => {
    database = await kind.create();
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((dataSource) => dataSource.destroy()));
    await database.drop();
  });

  const connect = async (changes: Partial<DataSourceOptions>): Promise<DataSource> => {
    const dataSource = await new DataSource({
      ...database.options,
      entities: [...webhookEntities],
      synchronize: false,
      ...changes,
    } as DataSourceOptions).initialize();
    open.push(dataSource);
    return dataSource;
  };

  const name = 'AddRuleFirings1764150600000';
  const index = webhookMigrations.findIndex((migration) => new migration().name === name);
  const STATES = 'SELECT * FROM webhook_rule_state ORDER BY rule, subject, fire_count';
  const state = (rule: string, subject: string, fireCount: number): Record<string, unknown> => ({
    rule,
    subject,
    active: kind.name === 'PostgreSQL' ? true : 1,
    occurred_at: 4_102_444_800_123 + fireCount,
    fired_at: null,
    fire_count: fireCount,
  });

  const insert = async (
    dataSource: DataSource,
    table: string,
    row: Record<string, unknown>,
  ): Promise<void> => {
    const columns = Object.keys(row).join(', ');
    const values = Object.values(row).map((value) =>
      value === null || typeof value === 'number' || typeof value === 'boolean'
        ? String(value)
        : `'${String(value)}'`,
    );
    await dataSource.query(`INSERT INTO ${table} (${columns}) VALUES (${values.join(', ')})`);
  };

  /** Numbers as numbers: PostgreSQL gives 64-bit integers as text. */
  const read = async (dataSource: DataSource): Promise<Record<string, unknown>[]> => {
    const rows = await dataSource.query<Record<string, unknown>[]>(STATES);
    for (const row of rows) row['occurred_at'] = Number(row['occurred_at']);
    return rows;
  };

  it('keeps the states for every tenant, and one of each subject on the way back', async () => {
    const migrations = webhookMigrations.slice(0, index + 1);
    const before = await connect({ migrations: migrations.slice(0, index) });
    await before.runMigrations();
    const old = [state('a', '1', 1), state('a', '2', 2), state('b', '1', 3)];
    for (const row of old) await insert(before, 'webhook_rule_state', row);

    const after = await connect({ migrations });
    await after.runMigrations();
    expect(await read(after)).toEqual(old.map((row) => ({ ...row, tenant: '*' })));

    const newer = { ...state('a', '1', 8), tenant: 't' };
    const older = { ...state('a', '2', 0), tenant: 't' };
    const reset = { ...state('b', '1', 0), tenant: 't', occurred_at: Number.MIN_SAFE_INTEGER };
    const gone = { ...state('c', '1', 0), tenant: 't', occurred_at: Number.MIN_SAFE_INTEGER };
    for (const row of [newer, older, reset, gone]) await insert(after, 'webhook_rule_state', row);
    const job = { name: 'rule:a', state: 'available', attempt: 0, max_attempts: 12 };
    const rest = { created_at: 1, due_at: 1, lease: 1, bytes: 0, lost_leases: 0 };
    const id = '0190a0a0-0000-7000-8000-00000000000';
    for (const [count, of] of ['firing', 'replay', 'handler'].entries()) {
      const own = { id: `${id}${count}`, ref: `${id}${count}`, kind: of };
      await insert(after, 'webhook_job', { ...own, ...job, ...rest });
    }

    await after.undoLastMigration();
    expect(await read(after)).toEqual([old[1], state('a', '1', 8), old[2]].toSorted(byKey));
    const jobs = await after.query<{ kind: string }[]>('SELECT kind FROM webhook_job');
    expect(jobs.map(({ kind: of }) => of)).toEqual(['handler', 'handler']);
  });

  const byKey = (a?: Record<string, unknown>, b?: Record<string, unknown>): number =>
    JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
});
