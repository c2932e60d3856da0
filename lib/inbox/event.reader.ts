import { Injectable } from '@nestjs/common';
import { SqlDatabase } from '../database/sql-database.js';
import { storedData } from '../event/payload.js';
import type { WebhookEvent } from '../event/webhook-event.js';
import { EventDialect } from './dialects/event.dialect.js';
import type { EventEntity } from './event.entity.js';
import { EventSeal } from './event.seal.js';
import { applySchema } from '../event/payload-schema.js';
import { SchemaFailedError } from '../event/schema-failed.error.js';
import { SourceSchemas } from './source-schemas.js';

/** A stored event, and the schema's own error, if the schema of its source threw one. */
export interface ReadEvent {
  readonly event: WebhookEvent;
  readonly problem: SchemaFailedError | undefined;
}

/** An existing row whose body or headers cannot be read or opened. */
export interface DamagedEvent {
  readonly event: undefined;
  readonly problem: unknown;
}

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
    private readonly seal: EventSeal,
  ) {}

  /** The events with these keys; keys that do not exist are left out. */
  async load(keys: readonly string[]): Promise<Map<string, ReadEvent | DamagedEvent>> {
    const rows = await this.database.transaction(() => this.dialect.load(keys));
    return new Map(
      await Promise.all(rows.map(async (row) => [row.key, await this.read(row)] as const)),
    );
  }

  /** Never rejects: one damaged event must not block the others that are loaded with it. */
  private async read(row: EventEntity): Promise<ReadEvent | DamagedEvent> {
    try {
      return await this.readSound(row);
    } catch (problem) {
      return { event: undefined, problem };
    }
  }

  private async readSound(row: EventEntity): Promise<ReadEvent> {
    const opened = this.seal.open(row);
    const data = storedData(row, opened.rawBody);
    try {
      const given = await this.throughSchema(row.source, data);
      return { event: toEvent(row, opened, given), problem: undefined };
    } catch (error) {
      if (!(error instanceof SchemaFailedError)) throw error;
      return { event: toEvent(row, opened, data), problem: error };
    }
  }

  /**
   * A stricter schema must not lose events that it accepted before: data that fails it now stays as it is.
   */
  private async throughSchema(source: string, data: unknown): Promise<unknown> {
    const schema = this.schemas.find(source);
    if (schema === undefined) return data;
    const verdict = await applySchema(schema, data, `source '${source}'`);
    return verdict.ok ? verdict.data : data;
  }
}

function toEvent(
  row: EventEntity,
  { rawBody, headers }: ReturnType<EventSeal['open']>,
  data: unknown,
): WebhookEvent {
  return {
    key: row.key,
    id: row.id,
    source: row.source,
    tenant: row.tenant,
    type: row.type,
    data,
    occurredAt: new Date(row.occurredAt),
    receivedAt: new Date(row.receivedAt),
    headers: JSON.parse(headers) as Record<string, string>,
    rawBody,
  };
}
