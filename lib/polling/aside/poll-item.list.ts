import type { EntityManager } from 'typeorm';
import { canMatch } from '../../database/paging/can-match.js';
import { emptyPage } from '../../database/paging/empty-page.js';
import { equalTo } from '../../database/paging/equal-to.js';
import { readPage, type KeysetList } from '../../database/paging/keyset.list.js';
import type { Page, PageOptions } from '../../database/paging/page.js';
import { readOne } from '../../database/paging/read-one.js';
import { PollItemEntity } from './poll-item.entity.js';
import {
  toPollItem,
  toPollItemView,
  VIEWED_COLUMNS,
  type PollItem,
  type PollItemView,
} from './poll-item.view.js';

/**
 * Which items that pollers could not take to list.
 *
 * @publicApi
 */
export interface PollItemFilter {
  /** Name of the poller. */
  readonly poller?: string;
  /** Only rows of tables, or only items of pages. */
  readonly kind?: 'row' | 'event';
}

/** Whether items are retried in each run, or no longer. */
export type PollItemState = 'set-aside' | 'parked';

/** The other kinds are marks. */
const IS_ITEM = "row.kind IN ('row', 'event')";

/**
 * Reads a page of items along the primary key, which begins with the poller. A poller has 1,000 items at most, so
 * that no other index is worth its writes.
 *
 * @throws {RangeError} for a wrong limit, and for a cursor that does not belong to this list
 * @internal
 */
export async function readPollItems(
  manager: EntityManager,
  state: PollItemState,
  { poller, kind }: PollItemFilter,
  page: PageOptions,
): Promise<Page<PollItemView>> {
  if (!canMatch({ poller, kind })) return emptyPage(page);
  const isKind = equalTo<PollItemEntity>({ kind });
  const list: KeysetList<PollItemEntity, PollItemView> = {
    entity: PollItemEntity,
    columns: VIEWED_COLUMNS,
    order: {
      name: state,
      columns: [
        { column: 'poller', kind: 'string' },
        { column: 'item', kind: 'string' },
      ],
      direction: 'ASC',
    },
    within: equalTo<PollItemEntity>({ poller }),
    filter: (query) => {
      query.andWhere(`row.parkedAt IS ${state === 'parked' ? 'NOT NULL' : 'NULL'}`);
      query.andWhere(IS_ITEM);
      isKind?.(query);
    },
    toView: toPollItemView,
  };
  return readPage(manager, list, page);
}

/**
 * Reads one item with its content.
 *
 * @returns `undefined` where there is none, or only a mark
 * @internal
 */
export async function readPollItem(
  manager: EntityManager,
  poller: string,
  item: string,
): Promise<PollItem | undefined> {
  if (!canMatch({ poller, item })) return undefined;
  const columns = [...VIEWED_COLUMNS, 'content'] as const;
  const list = { entity: PollItemEntity, columns, toView: (row: PollItemEntity) => row };
  const row = await readOne(manager, list, { poller, item });
  return row?.kind === 'row' || row?.kind === 'event' ? toPollItem(row) : undefined;
}
