import type { Steps } from '../../database/statement.js';
import type { EventEntity } from '../event.entity.js';
import { EventDialect } from './event.dialect.js';

/** @internal */
export class PostgresEventDialect extends EventDialect {
  /** @param table quoted name of the event table */
  constructor(private readonly table: string) {
    super();
  }

  override *insert(events: readonly EventEntity[]): Steps<Set<string>> {
    const rows = yield {
      sql: `INSERT INTO ${this.table}
        (key, source, tenant, event_id, type, status, reason, occurred_at, received_at,
          headers, body, body_encoding, format, data_path)
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
          $7::text[], $8::bigint[], $9::bigint[], $10::text[], $11::text[], $12::text[],
          $13::text[], $14::text[])
        ON CONFLICT (source, tenant, event_id) DO NOTHING
        RETURNING key`,
      parameters: [
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
      ],
    };
    return new Set(rows.map((row) => String(row['key'])));
  }
}
