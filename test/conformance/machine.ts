import { DataSource, type DataSourceOptions } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { createSqlDatabase } from '../../lib/database/database.factory.js';
import { DATABASE_OPTIONS, type DatabaseOptions } from '../../lib/database/database.options.js';
import type { SqlDatabase } from '../../lib/database/sql-database.js';
import { createEventDialect } from '../../lib/inbox/dialects/event-dialect.factory.js';
import type { EventDialect } from '../../lib/inbox/dialects/event.dialect.js';
import type { EventEntity } from '../../lib/inbox/event.entity.js';
import { createQueueDialect } from '../../lib/queue/engines/sql/dialects/queue-dialect.factory.js';
import type { QueueDialect } from '../../lib/queue/engines/sql/dialects/queue.dialect.js';
import type { JobRow, JobTransition, LeasedJob } from '../../lib/queue/job.js';
import { webhookEntities } from '../../lib/module/webhook.entities.js';
import type { TestDatabase } from '../support/databases.js';

/** The parts of the library that one process has for the database, with its own connections. */
export interface Machine {
  readonly dataSource: DataSource;
  readonly database: SqlDatabase;
  readonly queue: QueueDialect;
  readonly inbox: EventDialect;
}

export async function startMachine(
  { options }: TestDatabase,
  changes: Partial<DataSourceOptions> = {},
  databaseOptions: DatabaseOptions = {},
): Promise<Machine> {
  const dataSource = await new DataSource({
    ...(options as DataSourceOptions),
    entities: [...webhookEntities],
    ...changes,
  } as DataSourceOptions).initialize();
  const database = createSqlDatabase(dataSource, {
    ...DATABASE_OPTIONS.defaults,
    ...databaseOptions,
  });
  const queue = createQueueDialect(database);
  return { dataSource, database, queue, inbox: createEventDialect(database, queue) };
}

export async function clear({ dataSource }: Machine): Promise<void> {
  for (const entity of webhookEntities)
    await dataSource.createQueryBuilder().delete().from(entity).execute();
}

export function jobRow(changes: Partial<JobRow> = {}): JobRow {
  return {
    id: uuid(),
    kind: 'handler',
    name: 'Handlers.save',
    ref: uuid(),
    state: 'available',
    dueAt: 1_000,
    bytes: 0,
    maxAttempts: 3,
    leasedBy: null,
    createdAt: 1_000,
    share: 0,
    lane: null,
    holdsLane: false,
    ...changes,
  };
}

/** The transition that completes a job leased to `a`. */
export function completed(
  { id, lease, attempt }: Pick<LeasedJob, 'id' | 'lease' | 'attempt'>,
  changes: Partial<JobTransition> = {},
): JobTransition {
  return {
    id,
    lease,
    attempt,
    lostLeases: 0,
    rescueAt: null,
    leasedBy: 'a',
    state: 'completed',
    dueAt: null,
    error: null,
    finishedAt: 10_001,
    share: 0,
    leavesLane: null,
    ...changes,
  };
}

export function eventRow(id: string, changes: Partial<EventEntity> = {}): EventEntity {
  return {
    key: uuid(),
    source: 'game',
    tenant: '',
    id,
    type: 'points.updated',
    status: 'accepted',
    reason: null,
    occurredAt: 1_000,
    receivedAt: 2_000,
    headers: '{}',
    body: '{}',
    bodyEncoding: 'utf8',
    format: 'json',
    dataPath: '',
    contentType: null,
    ...changes,
  };
}

/** A job that was born leased, as its process has it. */
export function bornLeased(row: JobRow): LeasedJob {
  const { id, kind, name, ref, bytes, maxAttempts, share, lane, holdsLane } = row;
  const job = { id, kind, name, ref, bytes, maxAttempts, share, lane, holdsLane };
  return { ...job, headsLane: lane !== null, lease: 1, attempt: 1, lostLeases: 0 };
}
