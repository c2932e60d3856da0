import { Table, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';
import { columnType, type ColumnKind } from './column-types.js';

interface ColumnPlan {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly length?: number;
  readonly isNullable?: true;
  readonly isPrimary?: true;
}

interface TablePlan {
  readonly name: string;
  readonly columns: readonly ColumnPlan[];
  readonly indices?: readonly {
    readonly name: string;
    readonly columnNames: string[];
    readonly isUnique?: true;
    readonly where?: string;
  }[];
}

// Written out, not read from the entities: those will change, and this has to stay what it was.
const TABLES: readonly TablePlan[] = [
  {
    name: 'webhook_event',
    columns: [
      { name: 'key', kind: 'uuid', isPrimary: true },
      { name: 'source', kind: 'varchar', length: 64 },
      { name: 'tenant', kind: 'varchar', length: 64 },
      { name: 'event_id', kind: 'varchar', length: 255 },
      { name: 'type', kind: 'varchar', length: 255 },
      { name: 'status', kind: 'varchar', length: 16 },
      { name: 'reason', kind: 'text', isNullable: true },
      { name: 'occurred_at', kind: 'bigint' },
      { name: 'received_at', kind: 'bigint' },
      { name: 'headers', kind: 'text' },
      { name: 'body', kind: 'text' },
      { name: 'body_encoding', kind: 'varchar', length: 8 },
      { name: 'format', kind: 'varchar', length: 8 },
      { name: 'data_path', kind: 'varchar', length: 255 },
    ],
    indices: [
      {
        name: 'webhook_event_identity',
        columnNames: ['source', 'tenant', 'event_id'],
        isUnique: true,
      },
    ],
  },
  {
    name: 'webhook_job',
    columns: [
      { name: 'id', kind: 'uuid', isPrimary: true },
      { name: 'kind', kind: 'varchar', length: 32 },
      { name: 'name', kind: 'varchar', length: 255 },
      { name: 'ref', kind: 'uuid' },
      { name: 'state', kind: 'varchar', length: 16 },
      { name: 'due_at', kind: 'bigint', isNullable: true },
      { name: 'attempt', kind: 'integer' },
      { name: 'max_attempts', kind: 'integer' },
      { name: 'leased_by', kind: 'varchar', length: 255, isNullable: true },
      { name: 'last_error', kind: 'text', isNullable: true },
      { name: 'created_at', kind: 'bigint' },
      { name: 'finished_at', kind: 'bigint', isNullable: true },
    ],
    indices: [
      { name: 'webhook_job_due', columnNames: ['due_at'], where: 'due_at IS NOT NULL' },
      { name: 'webhook_job_ref', columnNames: ['ref'] },
      {
        name: 'webhook_job_discarded',
        columnNames: ['state', 'finished_at'],
        where: "state = 'discarded'",
      },
    ],
  },
  {
    name: 'webhook_notification',
    columns: [
      { name: 'id', kind: 'uuid', isPrimary: true },
      { name: 'channel', kind: 'varchar', length: 64 },
      { name: 'dedupe_key', kind: 'varchar', length: 255, isNullable: true },
      { name: 'recipient', kind: 'text' },
      { name: 'payload', kind: 'text' },
      { name: 'created_at', kind: 'bigint' },
      { name: 'sent_at', kind: 'bigint', isNullable: true },
      { name: 'receipt', kind: 'text', isNullable: true },
    ],
    indices: [
      {
        name: 'webhook_notification_key',
        columnNames: ['channel', 'dedupe_key'],
        isUnique: true,
      },
    ],
  },
  {
    name: 'webhook_poll_cursor',
    columns: [
      { name: 'name', kind: 'varchar', length: 64, isPrimary: true },
      { name: 'reads', kind: 'varchar', length: 255 },
      { name: 'cursor', kind: 'text', isNullable: true },
      { name: 'look_back', kind: 'text', isNullable: true },
      { name: 'paused', kind: 'boolean' },
      { name: 'leased_by', kind: 'varchar', length: 255, isNullable: true },
      { name: 'lease_until', kind: 'bigint', isNullable: true },
      { name: 'run', kind: 'integer' },
      { name: 'last_tick', kind: 'bigint', isNullable: true },
      { name: 'last_started_at', kind: 'bigint', isNullable: true },
      { name: 'last_finished_at', kind: 'bigint', isNullable: true },
      { name: 'last_error', kind: 'text', isNullable: true },
    ],
  },
  {
    name: 'webhook_rule_state',
    columns: [
      { name: 'rule', kind: 'varchar', length: 255, isPrimary: true },
      { name: 'subject', kind: 'varchar', length: 255, isPrimary: true },
      { name: 'active', kind: 'boolean' },
      { name: 'occurred_at', kind: 'bigint' },
      { name: 'fired_at', kind: 'bigint', isNullable: true },
      { name: 'fire_count', kind: 'integer' },
    ],
  },
];

/**
 * Version 1 of the schema: all tables.
 *
 * @internal
 */
export class CreateWebhookTables1764000000000 implements MigrationInterface {
  readonly name = 'CreateWebhookTables1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const plan of TABLES) await runner.createTable(tableOf(runner, plan));
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const plan of TABLES) await runner.dropTable(nameOf(runner, plan));
  }
}

function tableOf(runner: QueryRunner, plan: TablePlan): Table {
  const { dataSource } = runner;
  return new Table({
    name: nameOf(runner, plan),
    columns: plan.columns.map(({ name, kind, length, isNullable = false, isPrimary = false }) => ({
      name,
      isNullable,
      isPrimary,
      ...(length === undefined ? {} : { length: String(length) }),
      type: '',
      ...columnType(dataSource, kind),
    })),
    indices: (plan.indices ?? []).map((index) => new TableIndex(index)),
  });
}

/** In the host's schema, with the host's prefix. */
function nameOf({ dataSource }: QueryRunner, { name }: TablePlan): string {
  const { options } = dataSource;
  const table = `${options.entityPrefix ?? ''}${name}`;
  return 'schema' in options && options.schema !== undefined ? `${options.schema}.${table}` : table;
}
