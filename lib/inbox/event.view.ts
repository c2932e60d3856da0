import type { EventEntity, EventStatus } from './event.entity.js';

/**
 * A stored event in a list, without its data; `InboxService.read(key)` gives the data.
 *
 * @publicApi
 */
export interface EventView {
  /** The library's key of the event, which the methods of `InboxService` take. */
  readonly key: string;
  /** Name of the source. */
  readonly source: string;
  /** Empty for a source without tenants. */
  readonly tenant: string;
  /** The sender's id. */
  readonly id: string;
  readonly type: string;
  readonly status: EventStatus;
  /** Why the event was rejected; `null` for other statuses. */
  readonly reason: string | null;
  readonly occurredAt: Date;
  readonly receivedAt: Date;
}

/** The columns that a view needs. */
export const VIEWED_COLUMNS = [
  'key',
  'source',
  'tenant',
  'id',
  'type',
  'status',
  'reason',
  'occurredAt',
  'receivedAt',
] as const satisfies readonly (keyof EventEntity)[];

/** @internal */
export function toEventView(row: EventEntity): EventView {
  return {
    key: row.key,
    source: row.source,
    tenant: row.tenant,
    id: row.id,
    type: row.type,
    status: row.status,
    reason: row.reason,
    occurredAt: new Date(row.occurredAt),
    receivedAt: new Date(row.receivedAt),
  };
}
