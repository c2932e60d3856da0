import type { EventEntity, EventStatus } from './event.entity.js';

/**
 * A stored event as it is listed, without its data: `InboxService.read(key)` has that.
 *
 * @publicApi
 */
export interface EventView {
  readonly key: string;
  readonly source: string;
  /** Empty for a source without tenants. */
  readonly tenant: string;
  /** The sender's id. */
  readonly id: string;
  readonly type: string;
  readonly status: EventStatus;
  /** Why it was rejected. */
  readonly reason: string | null;
  readonly occurredAt: Date;
  readonly receivedAt: Date;
}

/** What a view is made of. */
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
