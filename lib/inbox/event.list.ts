import type { SelectQueryBuilder } from 'typeorm';
import { firstKeyOf } from '../database/first-key-of.js';
import { equalTo } from '../database/paging/equal-to.js';
import type { KeysetList } from '../database/paging/keyset.list.js';
import { newestFirst } from '../database/paging/newest-first.js';
import { EventEntity, type EventStatus } from './event.entity.js';
import { toEventView, VIEWED_COLUMNS, type EventView } from './event.view.js';

/**
 * Which events to list.
 *
 * @publicApi
 */
export interface EventFilter {
  readonly source?: string;
  readonly tenant?: string;
  /** The sender's id. */
  readonly id?: string;
  readonly type?: string;
  readonly status?: EventStatus;
  /** Received at this time or later. */
  readonly from?: Date;
  /** Received before this time. */
  readonly to?: Date;
}

/** @internal */
export function eventList({
  from,
  to,
  id,
  ...others
}: EventFilter): KeysetList<EventEntity, EventView> {
  const { source, tenant, type, status } = others;
  const filter = equalTo<EventEntity>({ source, tenant, type, status });
  const times = (query: SelectQueryBuilder<EventEntity>): void => receivedBetween(query, from, to);
  const base = {
    entity: EventEntity,
    columns: VIEWED_COLUMNS,
    order: newestFirst<EventEntity>('key'),
    toView: toEventView,
  };
  if (id === undefined) return { ...base, within: times, filter };
  // An index begins with the id, and few rows have the same one.
  const within = (query: SelectQueryBuilder<EventEntity>): void => {
    query.andWhere('row.id = :id', { id });
    filter?.(query);
    times(query);
  };
  return { ...base, within };
}

/** Keys begin with the instant of receipt, so the primary key finds the range. */
function receivedBetween(
  query: SelectQueryBuilder<EventEntity>,
  from: Date | undefined,
  to: Date | undefined,
): void {
  if (from !== undefined) {
    query.andWhere('row.key >= :firstKey', { firstKey: firstKeyOf(from.getTime()) });
  }
  if (to !== undefined) {
    query.andWhere('row.key < :lastKey', { lastKey: firstKeyOf(to.getTime()) });
  }
}
