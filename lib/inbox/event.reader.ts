import { Injectable } from '@nestjs/common';
import { SqlDatabase } from '../database/sql-database.js';
import { parsePayload } from '../event/payload.js';
import { valueAt } from '../event/value-at.js';
import type { WebhookEvent } from '../event/webhook-event.js';
import { EventDialect } from './dialects/event.dialect.js';
import type { EventEntity } from './event.entity.js';
import { applySchema } from '../event/payload-schema.js';
import { SourceSchemas } from './source-schemas.js';
import { fromStoredBody } from './stored-body.js';

/**
 * Reads events back from their stored bytes.
 *
 * @internal
 */
@Injectable()
export class EventReader {
  constructor(
    private readonly database: SqlDatabase,
    private readonly dialect: EventDialect,
    private readonly schemas: SourceSchemas,
  ) {}

  /** The events with these keys; keys that do not exist are left out. */
  async load(keys: readonly string[]): Promise<Map<string, WebhookEvent>> {
    const rows = await this.database.transaction(() => this.dialect.load(keys));
    const events = await Promise.all(rows.map((row) => this.toEvent(row)));
    return new Map(events.map((event) => [event.key, event]));
  }

  /** The event of a stored row. */
  async toEvent(row: EventEntity): Promise<WebhookEvent> {
    const rawBody = fromStoredBody(row);
    const data = valueAt(parsePayload(row.format, rawBody), row.dataPath);
    const schema = this.schemas.find(row.source);
    // A schema that was tightened since must not lose what it once let in: the data is given as it is.
    const verdict = schema === undefined ? undefined : await applySchema(schema, data);
    return {
      key: row.key,
      id: row.id,
      source: row.source,
      tenant: row.tenant,
      type: row.type,
      data: verdict?.ok === true ? verdict.data : data,
      occurredAt: new Date(row.occurredAt),
      receivedAt: new Date(row.receivedAt),
      headers: JSON.parse(row.headers) as Record<string, string>,
      rawBody,
    };
  }
}
