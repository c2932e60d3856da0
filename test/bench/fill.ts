import { DataSource, type DataSourceOptions } from 'typeorm';
import type { BenchDatabase, DatabaseName } from './databases.js';
import type { IdKind } from './load/event.ids.js';
import { webhookBody } from './load/signed.requests.js';

/** How many rows to put into the tables. */
export interface Fill {
  /** Events whose job has completed. */
  readonly completed: number;
  /** Events whose job is retried tomorrow. */
  readonly waiting: number;
  readonly ids: IdKind;
}

const DAY_MS = 86_400_000;

/** Statements that fill the tables of an application that has started once, in a few seconds. */
const STATEMENTS: Partial<Record<DatabaseName, (fill: Fill, now: number) => readonly string[]>> = {
  postgres: postgresStatements,
  sqlite: sqliteStatements,
};

/** Fills the library's tables as months of work would, and updates the database's statistics. */
export async function fillTables(database: BenchDatabase, fill: Fill): Promise<void> {
  const statements = STATEMENTS[database.kind];
  if (statements === undefined)
    throw new TypeError(`There is no way to fill ${database.kind} yet.`);
  const source = new DataSource({
    ...(database.options as DataSourceOptions),
    synchronize: false,
    entities: [],
  });
  await source.initialize();
  try {
    for (const statement of statements(fill, Date.now())) {
      await source.query(statement);
    }
  } finally {
    await source.destroy();
  }
}

function postgresStatements({ completed, waiting, ids }: Fill, now: number): string[] {
  const total = completed + waiting;
  const id =
    ids === 'random'
      ? "substr(md5('id' || i), 1, 27)"
      : `to_hex((${now} - ${total} + i) / 1000) || substr(md5('id' || i), 1, 19)`;
  // Version 7, in the order of time, like the library's own keys.
  const uuid = (kind: string) =>
    `(lpad(to_hex(${now} - ${total} + i), 12, '0') || '7' || substr(md5('${kind}' || i), 1, 3) || 'a' ||
      substr(md5('${kind}' || i), 4, 15))::uuid`;
  return [
    `INSERT INTO webhook_event (key, source, tenant, event_id, type, status, occurred_at, received_at,
        headers, body, body_encoding, format, data_path)
      SELECT ${uuid('event')}, 'game', '', 'msg_' || ${id}, 'points.updated',
        'accepted', ${now} - ${total} + i, ${now} - ${total} + i, '{}', '${webhookBody()}', 'utf8',
        'json', 'data'
      FROM generate_series(1, ${total}) AS i`,
    `INSERT INTO webhook_job (id, kind, name, ref, state, due_at, attempt, max_attempts, created_at,
        finished_at)
      SELECT ${uuid('job')}, 'handler', 'Points.save', ${uuid('event')},
        CASE WHEN i > ${completed} THEN 'retryable' ELSE 'completed' END,
        CASE WHEN i > ${completed} THEN ${now + DAY_MS} + i END, 1, 12, ${now} - ${total} + i,
        CASE WHEN i <= ${completed} THEN ${now} - ${total} + i END
      FROM generate_series(1, ${total}) AS i`,
    'VACUUM ANALYZE webhook_event',
    'VACUUM ANALYZE webhook_job',
    'CHECKPOINT',
  ];
}

function sqliteStatements({ completed, waiting, ids }: Fill, now: number): string[] {
  const total = completed + waiting;
  const id =
    ids === 'random'
      ? 'substr(lower(hex(randomblob(14))), 1, 27)'
      : `printf('%08x', (${now} - ${total} + i) / 1000) || substr(lower(hex(randomblob(10))), 1, 19)`;
  const uuid = (salt: number) =>
    `printf('%08x-%04x-7%03x-a%03x-%012x', (${now} - ${total} + i) >> 16, (${now} - ${total} + i) & 65535,
      (i * 2654435761 + ${salt}) & 4095, i & 4095, (i * 11400714819323 + ${salt}) & 281474976710655)`;
  const numbers = `WITH RECURSIVE number(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < ${total})`;
  return [
    `INSERT INTO webhook_event (key, source, tenant, event_id, type, status, occurred_at, received_at,
        headers, body, body_encoding, format, data_path)
      ${numbers} SELECT ${uuid(1)}, 'game', '', 'msg_' || ${id}, 'points.updated',
        'accepted', ${now} - ${total} + i, ${now} - ${total} + i, '{}', '${webhookBody()}', 'utf8',
        'json', 'data' FROM number`,
    `INSERT INTO webhook_job (id, kind, name, ref, state, due_at, attempt, max_attempts, created_at,
        finished_at)
      ${numbers} SELECT ${uuid(2)}, 'handler', 'Points.save', ${uuid(1)},
        CASE WHEN i > ${completed} THEN 'retryable' ELSE 'completed' END,
        CASE WHEN i > ${completed} THEN ${now + DAY_MS} + i END, 1, 12, ${now} - ${total} + i,
        CASE WHEN i <= ${completed} THEN ${now} - ${total} + i END FROM number`,
    'ANALYZE',
    'PRAGMA wal_checkpoint(TRUNCATE)',
  ];
}
