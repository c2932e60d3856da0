import type { Row, Steps } from '../../database/statement.js';
import type { QueueDialect } from '../../queue/engines/sql/dialects/queue.dialect.js';
import type { JobRow } from '../../queue/job.js';
import type { EventEntity } from '../event.entity.js';

/** What an insert of events and their jobs has stored. */
export interface Inserted {
  /** Keys of the events that were new. */
  readonly keys: ReadonlySet<string>;
  /** Ids of the jobs that wait for others of their lanes, and are not leased. */
  readonly waiting: ReadonlySet<string>;
}

/**
 * All frequent SQL of the inbox, one method for each statement.
 *
 * @internal
 */
export abstract class EventDialect {
  constructor(protected readonly queue: QueueDialect) {}

  /**
   * Stores events whose (source, tenant, id) is new. The unique index decides between two copies that arrive
   * at the same time, also in two processes.
   *
   * @returns keys of the events that were new
   */
  abstract insert(events: readonly EventEntity[]): Steps<Set<string>>;

  /** The events with these keys, in any order; keys that do not exist are left out. */
  abstract load(keys: readonly string[]): Steps<EventEntity[]>;

  /**
   * Stores events that are new together with their jobs, whose `ref` is the event's key.
   *
   * @returns what is stored
   */
  *insertWithJobs(events: readonly EventEntity[], jobs: readonly JobRow[]): Steps<Inserted> {
    const keys = yield* this.insert(events);
    const wanted = jobs.filter(({ ref }) => keys.has(ref));
    if (wanted.length > 0) yield* this.queue.insert(wanted);
    return { keys, waiting: yield* this.queue.seat(wanted) };
  }
}

/** Converts a stored row, of any dialect, to an event entity. */
export function toEventEntity(row: Row): EventEntity {
  return {
    key: String(row['key']),
    source: String(row['source']),
    tenant: String(row['tenant']),
    id: String(row['event_id']),
    type: String(row['type']),
    status: row['status'] as EventEntity['status'],
    reason: row['reason'] as EventEntity['reason'],
    occurredAt: Number(row['occurred_at']),
    receivedAt: Number(row['received_at']),
    headers: String(row['headers']),
    body: String(row['body']),
    bodyEncoding: row['body_encoding'] as EventEntity['bodyEncoding'],
    format: row['format'] as EventEntity['format'],
    contentType: row['content_type'] as EventEntity['contentType'],
    dataPath: String(row['data_path']),
  };
}
