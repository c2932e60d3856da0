import type { Steps } from '../../database/statement.js';
import { JOB_COLUMNS, jobParameters, jobRows } from '../../queue/dialects/postgres.js';
import type { QueueDialect } from '../../queue/dialects/queue.dialect.js';
import type { JobRow } from '../../queue/job.js';
import type { EventEntity } from '../event.entity.js';
import { EventDialect, toEventEntity } from './event.dialect.js';

/** How many parameters {@link eventParameters} gives. */
const EVENT_PARAMETERS = 14;

/** @internal */
export class PostgresEventDialect extends EventDialect {
  /**
   * @param table quoted name of the event table
   * @param jobTable quoted name of the job table
   */
  constructor(
    queue: QueueDialect,
    private readonly table: string,
    private readonly jobTable: string,
  ) {
    super(queue);
  }

  override *insert(events: readonly EventEntity[]): Steps<Set<string>> {
    const rows = yield { sql: this.insertion(), parameters: eventParameters(events) };
    return new Set(rows.map((row) => String(row['key'])));
  }

  /** In one statement: of four round trips, one is left. */
  override *insertWithJobs(
    events: readonly EventEntity[],
    jobs: readonly JobRow[],
  ): Steps<Set<string>> {
    const rows = yield {
      alone: true,
      sql: `WITH new_event AS (${this.insertion()}),
        new_job AS (INSERT INTO ${this.jobTable} (${JOB_COLUMNS})
          SELECT job.* FROM ${jobRows(EVENT_PARAMETERS + 1)}
          JOIN new_event ON new_event.key = job.ref)
        SELECT key FROM new_event`,
      parameters: [...eventParameters(events), ...jobParameters(jobs)],
    };
    return new Set(rows.map((row) => String(row['key'])));
  }

  override *load(keys: readonly string[]): Steps<EventEntity[]> {
    const rows = yield {
      alone: true,
      replan: true,
      sql: `SELECT event.* FROM unnest($1::uuid[]) AS wanted(key)
        JOIN ${this.table} AS event ON event.key = wanted.key`,
      parameters: [keys],
    };
    return rows.map(toEventEntity);
  }

  private insertion(): string {
    return `INSERT INTO ${this.table}
      (key, source, tenant, event_id, type, status, reason, occurred_at, received_at,
        headers, body, body_encoding, format, data_path)
      SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
        $7::text[], $8::bigint[], $9::bigint[], $10::text[], $11::text[], $12::text[],
        $13::text[], $14::text[])
      ON CONFLICT (source, tenant, event_id) DO NOTHING
      RETURNING key`;
  }
}

function eventParameters(events: readonly EventEntity[]): unknown[] {
  return [
    events.map((event) => event.key),
    events.map((event) => event.source),
    events.map((event) => event.tenant),
    events.map((event) => event.id),
    events.map((event) => event.type),
    events.map((event) => event.status),
    events.map((event) => event.reason),
    events.map((event) => event.occurredAt),
    events.map((event) => event.receivedAt),
    events.map((event) => event.headers),
    events.map((event) => event.body),
    events.map((event) => event.bodyEncoding),
    events.map((event) => event.format),
    events.map((event) => event.dataPath),
  ];
}
