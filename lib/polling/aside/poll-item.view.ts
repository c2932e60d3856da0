import { toDate } from '../../database/paging/to-date.js';
import type { PollItemEntity } from './poll-item.entity.js';

/**
 * A row, or an item of a page, that a poller could not take.
 *
 * @publicApi
 */
export interface PollItemView {
  /** Name of the poller. */
  readonly poller: string;
  /** Tells it from the poller's other items. */
  readonly item: string;
  /** A row of the table, or an item of a page that is not an event. */
  readonly kind: 'row' | 'event';
  /** In how many runs it has failed. */
  readonly attempts: number;
  /** Why it failed in the last of them. */
  readonly error: string;
  readonly firstFailedAt: Date;
  readonly lastFailedAt: Date;
  /** Since when it is no longer retried; `null` while it is set aside, and each run retries it. */
  readonly parkedAt: Date | null;
}

/**
 * A row, or an item of a page, that a poller could not take, with what it is.
 *
 * @publicApi
 */
export interface PollItem extends PollItemView {
  /**
   * As JSON: the row's position `{ value, key }` with the id of its event as `version`, or the item as far as
   * JSON can hold it, up to 65,536 characters.
   */
  readonly content: string;
}

/** What a view is made of. */
export const VIEWED_COLUMNS = [
  'poller',
  'item',
  'kind',
  'attempts',
  'error',
  'firstFailedAt',
  'lastFailedAt',
  'parkedAt',
] as const satisfies readonly (keyof PollItemEntity)[];

/** @internal */
export function toPollItemView(row: PollItemEntity): PollItemView {
  return {
    poller: row.poller,
    item: row.item,
    kind: row.kind === 'row' ? 'row' : 'event',
    attempts: row.attempts,
    error: row.error,
    firstFailedAt: new Date(row.firstFailedAt),
    lastFailedAt: new Date(row.lastFailedAt),
    parkedAt: toDate(row.parkedAt),
  };
}

/** @internal */
export function toPollItem(row: PollItemEntity): PollItem {
  return { ...toPollItemView(row), content: row.content };
}
