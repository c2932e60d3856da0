import type { Steps } from '../../database/statement.js';
import type { QueueDialect } from '../../queue/engines/sql/dialects/queue.dialect.js';
import type { EventEntity } from '../event.entity.js';
import { EventDialect, toEventEntity } from './event.dialect.js';

/** @internal */
export class SqliteEventDialect extends EventDialect {
  /** Put together once: a new text would have to be hashed for each event. */
  private readonly insertion: string;

  /** @param table quoted name of the event table */
  constructor(
    queue: QueueDialect,
    private readonly table: string,
  ) {
    super(queue);
    this.insertion = `INSERT INTO ${table}
      (key, source, tenant, event_id, type, status, reason, occurred_at, received_at,
        headers, body, body_encoding, format, content_type, data_path)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (source, tenant, event_id) DO NOTHING`;
  }

  override *insert(events: readonly EventEntity[]): Steps<Set<string>> {
    const inserted = new Set<string>();
    for (const event of events) {
      const [answer] = yield {
        counted: true,
        sql: this.insertion,
        parameters: [
          event.key,
          event.source,
          event.tenant,
          event.id,
          event.type,
          event.status,
          event.reason,
          event.occurredAt,
          event.receivedAt,
          event.headers,
          event.body,
          event.bodyEncoding,
          event.format,
          event.contentType,
          event.dataPath,
        ],
      };
      if (answer?.['changed'] === 1) inserted.add(event.key);
    }
    return inserted;
  }

  override *load(keys: readonly string[]): Steps<EventEntity[]> {
    const events: EventEntity[] = [];
    for (const key of keys) {
      const [row] = yield { sql: `SELECT * FROM ${this.table} WHERE key = ?`, parameters: [key] };
      if (row !== undefined) events.push(toEventEntity(row));
    }
    return events;
  }
}
