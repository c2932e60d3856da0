import {
  Table,
  type DataSource,
  type MigrationInterface,
  type QueryRunner,
  type TableColumnOptions,
} from 'typeorm';
import { indexName } from '../database/schema/index-name.js';
import { dataSourceOf } from './data-source-of.js';
import { migrationDialectOf } from './dialects/migration-dialect.factory.js';
import { tableName } from './table-name.js';

/**
 * The first version of the schema: all tables. It does not follow the entities: later changes are other
 * migrations.
 *
 * @internal
 */
export class CreateWebhookTables1763942400000 implements MigrationInterface {
  readonly name = 'CreateWebhookTables1763942400000';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables(dataSourceOf(runner))) await runner.createTable(table);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables(dataSourceOf(runner)).toReversed())
      await runner.dropTable(table.name);
  }
}

function tables(dataSource: DataSource): Table[] {
  return [
    eventTable(dataSource),
    jobTable(dataSource),
    notificationTable(dataSource),
    pollCursorTable(dataSource),
    ruleStateTable(dataSource),
  ];
}

function eventTable(dataSource: DataSource): Table {
  const { uuid, string, text, instant } = migrationDialectOf(dataSource).columns;
  return new Table({
    name: tableName(dataSource, 'webhook_event'),
    columns: [
      primary(uuid('key')),
      string('source', 64),
      string('tenant', 64),
      string('event_id', 255),
      string('type', 255),
      string('status', 16),
      optional(text('reason')),
      instant('occurred_at'),
      instant('received_at'),
      text('headers'),
      text('body'),
      string('body_encoding', 8),
      string('format', 8),
      string('data_path', 255),
    ],
    indices: [
      {
        name: indexName(dataSource, 'webhook_event_identity'),
        columnNames: ['event_id', 'source', 'tenant'],
        isUnique: true,
      },
    ],
  });
}

function jobTable(dataSource: DataSource): Table {
  const { uuid, string, text, integer, instant } = migrationDialectOf(dataSource).columns;
  return new Table({
    name: tableName(dataSource, 'webhook_job'),
    columns: [
      primary(uuid('id')),
      string('kind', 32),
      string('name', 255),
      uuid('ref'),
      string('state', 16),
      optional(instant('due_at')),
      integer('attempt'),
      integer('max_attempts'),
      optional(string('leased_by', 255)),
      optional(text('last_error')),
      instant('created_at'),
      optional(instant('finished_at')),
    ],
    indices: [
      {
        name: indexName(dataSource, 'webhook_job_due'),
        columnNames: ['due_at'],
        where: 'due_at IS NOT NULL',
      },
      { name: indexName(dataSource, 'webhook_job_ref'), columnNames: ['ref'] },
      {
        name: indexName(dataSource, 'webhook_job_discarded'),
        columnNames: ['state', 'finished_at'],
        where: "state = 'discarded'",
      },
    ],
  });
}

function notificationTable(dataSource: DataSource): Table {
  const { uuid, string, text, instant } = migrationDialectOf(dataSource).columns;
  return new Table({
    name: tableName(dataSource, 'webhook_notification'),
    columns: [
      primary(uuid('id')),
      string('channel', 64),
      optional(string('dedupe_key', 255)),
      text('recipient'),
      text('payload'),
      instant('created_at'),
      optional(instant('sent_at')),
      optional(text('receipt')),
    ],
    indices: [
      {
        name: indexName(dataSource, 'webhook_notification_key'),
        columnNames: ['channel', 'dedupe_key'],
        isUnique: true,
      },
    ],
  });
}

function pollCursorTable(dataSource: DataSource): Table {
  const { string, text, integer, instant, boolean } = migrationDialectOf(dataSource).columns;
  return new Table({
    name: tableName(dataSource, 'webhook_poll_cursor'),
    columns: [
      primary(string('name', 64)),
      string('reads', 255),
      optional(text('cursor')),
      optional(text('look_back')),
      boolean('paused'),
      optional(string('leased_by', 255)),
      optional(instant('lease_until')),
      integer('run'),
      optional(instant('last_tick')),
      optional(instant('last_started_at')),
      optional(instant('last_finished_at')),
      optional(text('last_error')),
    ],
  });
}

function ruleStateTable(dataSource: DataSource): Table {
  const { string, integer, instant, boolean } = migrationDialectOf(dataSource).columns;
  return new Table({
    name: tableName(dataSource, 'webhook_rule_state'),
    columns: [
      primary(string('rule', 255)),
      primary(string('subject', 255)),
      boolean('active'),
      instant('occurred_at'),
      optional(instant('fired_at')),
      integer('fire_count'),
    ],
  });
}

function primary(column: TableColumnOptions): TableColumnOptions {
  return { ...column, isPrimary: true };
}

function optional(column: TableColumnOptions): TableColumnOptions {
  return { ...column, isNullable: true };
}
