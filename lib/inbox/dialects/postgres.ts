import { PostgresColumns } from '../../database/postgres/postgres-columns.js';
import type { Row, Steps } from '../../database/statement.js';
import {
  arePlain,
  hasLanes,
  NEW_JOB,
  PLAIN_JOB,
} from '../../queue/engines/sql/dialects/postgres.columns.js';
import type { QueueDialect } from '../../queue/engines/sql/dialects/queue.dialect.js';
import type { JobRow } from '../../queue/job.js';
import type { EventEntity } from '../event.entity.js';
import { EventDialect, toEventEntity, type Inserted } from './event.dialect.js';

const NEW_EVENT = new PostgresColumns<EventEntity>({
  key: ['uuid', (event) => event.key],
  source: ['text', (event) => event.source],
  tenant: ['text', (event) => event.tenant],
  event_id: ['text', (event) => event.id],
  type: ['text', (event) => event.type],
  status: ['text', (event) => event.status],
  reason: ['text', (event) => event.reason],
  occurred_at: ['bigint', (event) => event.occurredAt],
  received_at: ['bigint', (event) => event.receivedAt],
  headers: ['text', (event) => event.headers],
  body: ['text', (event) => event.body],
  body_encoding: ['text', (event) => event.bodyEncoding],
  format: ['text', (event) => event.format],
  content_type: ['text', (event) => event.contentType],
  data_path: ['text', (event) => event.dataPath],
});

const KEY = new PostgresColumns<string>({ key: ['uuid', (key) => key] });

/** @internal */
export class PostgresEventDialect extends EventDialect {
  private readonly insertion: string;
  private readonly insertionWithJobs: string;
  private readonly insertionWithPlainJobs: string;
  private readonly loading: string;

  /**
   * @param table quoted name of the event table
   * @param jobTable quoted name of the job table
   */
  constructor(queue: QueueDialect, table: string, jobTable: string) {
    super(queue);
    this.insertion = `INSERT INTO ${table} (${NEW_EVENT.names})
      SELECT * FROM ${NEW_EVENT.rows('event')}
      ON CONFLICT (source, tenant, event_id) DO NOTHING
      RETURNING key`;
    this.insertionWithJobs = this.withJobs(jobTable, NEW_JOB);
    this.insertionWithPlainJobs = this.withJobs(jobTable, PLAIN_JOB);
    this.loading = `SELECT event.* FROM ${KEY.keys('wanted')}
      JOIN ${table} AS event ON event.key = wanted.key`;
  }

  override *insert(events: readonly EventEntity[]): Steps<Set<string>> {
    const rows = yield { sql: this.insertion, parameters: NEW_EVENT.parameters(events) };
    return keysOf(rows);
  }

  /** One statement in place of four saves three round trips. */
  override *insertWithJobs(
    events: readonly EventEntity[],
    jobs: readonly JobRow[],
  ): Steps<Inserted> {
    if (hasLanes(jobs)) return yield* this.insertInLanes(events, jobs);
    const arePlainJobs = arePlain(jobs);
    const rows = yield {
      alone: true,
      sql: arePlainJobs ? this.insertionWithPlainJobs : this.insertionWithJobs,
      parameters: [
        ...NEW_EVENT.parameters(events),
        ...(arePlainJobs ? PLAIN_JOB : NEW_JOB).parameters(jobs),
      ],
    };
    return { keys: keysOf(rows), waiting: NONE };
  }

  override *load(keys: readonly string[]): Steps<EventEntity[]> {
    const rows = yield {
      alone: true,
      sql: this.loading,
      parameters: KEY.parameters(keys),
    };
    return rows.map(toEventEntity);
  }

  private *insertInLanes(events: readonly EventEntity[], jobs: readonly JobRow[]): Steps<Inserted> {
    const rows = yield {
      sql: this.insertionWithJobs,
      parameters: [...NEW_EVENT.parameters(events), ...NEW_JOB.parameters(jobs)],
    };
    const keys = keysOf(rows);
    return { keys, waiting: yield* this.queue.seat(jobs.filter(({ ref }) => keys.has(ref))) };
  }

  private withJobs(jobTable: string, columns: PostgresColumns<JobRow>): string {
    return `WITH new_event AS (${this.insertion}),
      new_job AS (INSERT INTO ${jobTable} (${columns.names})
        SELECT job.* FROM ${columns.rows('job', NEW_EVENT.count + 1)}
        JOIN new_event ON new_event.key = job.ref)
      SELECT key FROM new_event`;
  }
}

/** Nothing waits. */
const NONE: ReadonlySet<string> = new Set();

function keysOf(rows: readonly Row[]): Set<string> {
  return new Set(rows.map((row) => String(row['key'])));
}
