import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { fromCursor, toCursor, type Position } from '../database/paging/cursor.js';
import type { Page, PageOptions } from '../database/paging/page.js';
import { pageLimit } from '../database/paging/page.options.js';
import { CountEntity } from './count.entity.js';
import { addRow, sumOf, toCountView, type CountView, type Sum } from './count.view.js';
import type { Counted, CountGrain } from './counted.js';

/**
 * Which counts to list.
 *
 * @publicApi
 */
export interface CountFilter {
  /** Counts per minute, hour or day: kept for 2 days, 60 days and two years. */
  readonly grain: CountGrain;
  /** Only spans that start at this instant or later. */
  readonly from: Date;
  /** Only spans that start before this instant. */
  readonly to: Date;
  readonly what?: Counted;
  /** Name of the source, poller, handler, rule or channel. */
  readonly name?: string;
}

/** Rows of one statement. */
const CHUNK = 1_000;

/** Most rows that a page looks at, unless those of one sum are more: there is one for each process. */
const MAX_READ = 10_000;

/** The primary key, without the grain; a sum is over all of one position in the first three. */
const COLUMNS = ['startsAt', 'what', 'name', 'process'] as const;

/**
 * Reads a page of sums along the primary key.
 *
 * @throws {RangeError} for a wrong limit, and for a cursor that does not belong to this list
 * @internal
 */
export async function readCounts(
  manager: EntityManager,
  filter: CountFilter,
  page: PageOptions,
): Promise<Page<CountView>> {
  const order = `counts by ${filter.grain}`;
  const limit = pageLimit(page);
  const sums: Sum[] = [];
  let position: Position | undefined =
    page.after === undefined
      ? undefined
      : fromCursor(order, ['number', 'string', 'string'], page.after);
  for (let read = 0; ; read += CHUNK) {
    // A sum that is read in part would be wrong.
    if (read >= MAX_READ && sums.length > 1) return toPage(order, sums.slice(0, -1), true);
    const query = begin(manager, filter);
    if (position !== undefined) restrict(query, position);
    const rows = await query.limit(CHUNK).getMany();
    for (const row of rows) {
      if (!isOf(sums.at(-1), row)) {
        if (sums.length === limit) return toPage(order, sums, true);
        sums.push(sumOf(row));
      }
      addRow(sums.at(-1) as Sum, row);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < CHUNK) return toPage(order, sums, false);
    position = COLUMNS.map((column) => last[column]);
  }
}

function begin(
  manager: EntityManager,
  { grain, from, to, what, name }: CountFilter,
): SelectQueryBuilder<CountEntity> {
  const query = manager
    .createQueryBuilder(CountEntity, 'row')
    .where('row.grain = :grain', { grain })
    .andWhere('row.startsAt >= :from', { from: from.getTime() })
    .andWhere('row.startsAt < :to', { to: to.getTime() });
  if (what !== undefined) query.andWhere('row.what = :what', { what });
  if (name !== undefined) query.andWhere('row.name = :name', { name });
  for (const column of COLUMNS) query.addOrderBy(`row.${column}`, 'ASC');
  return query;
}

/** Restricts the query to what comes after a position in the first columns. */
function restrict(query: SelectQueryBuilder<CountEntity>, position: Position): void {
  query.setParameters(Object.fromEntries(position.map((value, index) => [`after${index}`, value])));
  // By itself, so that every database finds the start by the index.
  query.andWhere('row.startsAt >= :after0').andWhere(`(${comesAfter(position, 0)})`);
}

function comesAfter(position: Position, index: number): string {
  const column = `row.${COLUMNS[index]}`;
  const isGreater = `${column} > :after${index}`;
  if (index === position.length - 1) return isGreater;
  return `${isGreater} OR (${column} = :after${index} AND (${comesAfter(position, index + 1)}))`;
}

function isOf(sum: Sum | undefined, { startsAt, what, name }: CountEntity): boolean {
  return sum?.startsAt === startsAt && sum.what === what && sum.name === name;
}

function toPage(order: string, sums: readonly Sum[], hasMore: boolean): Page<CountView> {
  const last = sums.at(-1);
  return {
    items: sums.map(toCountView),
    next:
      hasMore && last !== undefined
        ? toCursor(order, [last.startsAt, last.what, last.name])
        : undefined,
    searchedTo: undefined,
  };
}
