import { createHash } from 'node:crypto';
import {
  Table,
  TableColumn,
  TableIndex,
  type DataSource,
  type MigrationInterface,
  type QueryRunner,
} from 'typeorm';
import { indexName } from '../database/schema/index-name.js';
import { dataSourceOf } from './data-source-of.js';
import { migrationDialectOf } from './dialects/migration-dialect.factory.js';
import { tableName } from './table-name.js';

/** How many notifications one statement changes. Each row is compared with all of them. */
const BATCH = 200;

/** Before every id. */
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

interface KeyedRow {
  readonly id: string;
  readonly channel: string;
  readonly recipient: string;
  readonly dedupe_key: string;
  readonly created_at: string | number;
}

/**
 * Gives the promise of a key a table of its own, for each recipient, so that it outlives its notification. The
 * keys of the notifications that are there are kept, for ever.
 *
 * @internal
 */
export class AddNotificationKeys1764150800000 implements MigrationInterface {
  readonly name = 'AddNotificationKeys1764150800000';

  async up(runner: QueryRunner): Promise<void> {
    const dataSource = dataSourceOf(runner);
    const { string } = migrationDialectOf(dataSource).columns;
    const notifications = tableName(dataSource, 'webhook_notification');
    // The table takes the name of the index.
    await runner.dropIndex(notifications, uniqueIndex(dataSource));
    await runner.createTable(keyTable(dataSource));
    await runner.addColumn(
      notifications,
      new TableColumn({ ...string('key_digest', 64), isNullable: true }),
    );
    await takeKeys(runner);
    for (const index of plainIndexes(dataSource)) await runner.createIndex(notifications, index);
  }

  /** Of the notifications that share a key now, the oldest one keeps it. */
  async down(runner: QueryRunner): Promise<void> {
    const dataSource = dataSourceOf(runner);
    const notifications = tableName(dataSource, 'webhook_notification');
    await clearLaterKeys(runner);
    for (const index of plainIndexes(dataSource)) await runner.dropIndex(notifications, index);
    await runner.dropColumn(notifications, 'key_digest');
    await runner.dropTable(tableName(dataSource, 'webhook_notification_key'));
    await runner.createIndex(notifications, uniqueIndex(dataSource));
  }
}

function keyTable(dataSource: DataSource): Table {
  const { uuid, string, instant } = migrationDialectOf(dataSource).columns;
  return new Table({
    name: tableName(dataSource, 'webhook_notification_key'),
    columns: [
      { ...string('digest', 64), isPrimary: true },
      uuid('notification_id'),
      instant('created_at'),
      { ...instant('expires_at'), isNullable: true },
    ],
    indices: [
      {
        name: indexName(dataSource, 'webhook_notification_key_expiry'),
        columnNames: ['expires_at'],
        where: 'expires_at IS NOT NULL',
      },
    ],
  });
}

function uniqueIndex(dataSource: DataSource): TableIndex {
  return new TableIndex({
    name: indexName(dataSource, 'webhook_notification_key'),
    columnNames: ['channel', 'dedupe_key'],
    isUnique: true,
  });
}

function plainIndexes(dataSource: DataSource): readonly TableIndex[] {
  return [
    new TableIndex({
      name: indexName(dataSource, 'webhook_notification_dedupe'),
      columnNames: ['dedupe_key', 'id'],
      where: 'dedupe_key IS NOT NULL',
    }),
    new TableIndex({
      name: indexName(dataSource, 'webhook_notification_digest'),
      columnNames: ['key_digest'],
      where: 'key_digest IS NOT NULL',
    }),
  ];
}

/** No database has the same function for it. */
async function takeKeys(runner: QueryRunner): Promise<void> {
  const dataSource = dataSourceOf(runner);
  const { quote } = migrationDialectOf(dataSource);
  const notifications = quote(tableName(dataSource, 'webhook_notification'));
  const keys = quote(tableName(dataSource, 'webhook_notification_key'));
  const run = async (text: (parameter: Parameter) => string): Promise<unknown> => {
    const values: (string | number)[] = [];
    const sql = text((value) => dataSource.driver.createParameter('', values.push(value) - 1));
    return runner.query(sql, values);
  };
  for (let last = FIRST_ID; ;) {
    const rows = (await run(
      (parameter) => `SELECT id, channel, recipient, dedupe_key, created_at FROM ${notifications}
        WHERE id > ${parameter(last)} AND dedupe_key IS NOT NULL ORDER BY id LIMIT ${BATCH}`,
    )) as readonly KeyedRow[];
    if (rows.length === 0) return;
    const keyed = rows.map((row) => ({ ...row, digest: digestOf(row) }));
    await run((parameter) => {
      const values = keyed.map(
        ({ digest, id, created_at: at }) =>
          `(${parameter(digest)}, ${parameter(id)}, ${parameter(Number(at))}, NULL)`,
      );
      return `INSERT INTO ${keys} (digest, notification_id, created_at, expires_at)
        VALUES ${values.join(', ')}`;
    });
    await run((parameter) => {
      const cases = keyed.map(
        ({ id, digest }) => `WHEN ${parameter(id)} THEN ${parameter(digest)}`,
      );
      const ids = keyed.map(({ id }) => parameter(id));
      return `UPDATE ${notifications} SET key_digest = CASE id ${cases.join(' ')} END
        WHERE id IN (${ids.join(', ')})`;
    });
    last = rows.at(-1)?.id ?? last;
  }
}

/**
 * Adds a value to a statement; returns its placeholder. The text is then the same for each batch: SQLite's driver
 * keeps every text that it has prepared.
 */
type Parameter = (value: string | number) => string;

async function clearLaterKeys(runner: QueryRunner): Promise<void> {
  const dataSource = dataSourceOf(runner);
  const table = migrationDialectOf(dataSource).quote(tableName(dataSource, 'webhook_notification'));
  for (let last = FIRST_ID; ;) {
    const rows = (await runner.query(
      `SELECT later.id FROM ${table} later
        WHERE later.id > '${last}' AND later.dedupe_key IS NOT NULL AND EXISTS (
          SELECT 1 FROM ${table} older WHERE older.dedupe_key = later.dedupe_key
            AND older.id < later.id AND older.channel = later.channel)
        ORDER BY later.id LIMIT ${BATCH}`,
    )) as readonly Pick<KeyedRow, 'id'>[];
    if (rows.length === 0) return;
    await runner.query(`UPDATE ${table} SET dedupe_key = NULL WHERE id IN (${idsOf(rows)})`);
    last = rows.at(-1)?.id ?? last;
  }
}

function idsOf(rows: readonly Pick<KeyedRow, 'id'>[]): string {
  return rows.map(({ id }) => `'${id}'`).join(', ');
}

/** As the library digests a key. */
function digestOf({ channel, recipient, dedupe_key: key }: KeyedRow): string {
  return createHash('sha256')
    .update(JSON.stringify([channel, recipient, key]))
    .digest('hex');
}
