import type { EntityManager, EntityTarget, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { fromCursor, toCursor, type Position } from './cursor.js';
import { comparePositions, positionOf, restrict, type KeysetOrder } from './keyset.order.js';
import type { Page, PageOptions } from './page.js';
import { pageLimit } from './page.options.js';

/** Most rows that one page looks at: few may match the filter. */
const MAX_SEARCHED = 10_000;

/**
 * A list that is read page by page along an index.
 *
 * @internal
 */
export interface KeysetList<Entity extends ObjectLiteral, View> {
  readonly entity: EntityTarget<Entity>;
  /** The columns to read, those of the order among them: bodies stay where they are. */
  readonly columns: readonly (keyof Entity & string)[];
  readonly order: KeysetOrder<Entity>;
  /** Restricts the query to a part that the index finds by itself, such as a time span; `row` is the entity. */
  readonly within?: ((query: SelectQueryBuilder<Entity>) => void) | undefined;
  /** Restricts it further, by looking at each row. @default every row is listed */
  readonly filter?: ((query: SelectQueryBuilder<Entity>) => void) | undefined;
  readonly toView: (row: Entity) => View;
}

/** A part of a list, with the positions that tell how to go on. */
interface Stretch<View> {
  readonly found: readonly { readonly position: Position; readonly view: View }[];
  /** The position up to which everything that matches is in `found`; `undefined` for all there is. */
  readonly end: Position | undefined;
  /** Whether it ends because enough rows were looked at. */
  readonly gaveUp: boolean;
}

/**
 * Reads one page of a list.
 *
 * @throws {RangeError} for a wrong limit, and for a cursor that does not belong to the list
 * @internal
 */
export async function readPage<Entity extends ObjectLiteral, View>(
  manager: EntityManager,
  list: KeysetList<Entity, View>,
  page: PageOptions,
): Promise<Page<View>> {
  const { limit, after } = startOf(list.order, page);
  return toPage(list.order, await readStretch(manager, list, after, limit));
}

/**
 * Reads one page of several lists as one. All have the same order, by different columns of numbers and ids.
 *
 * @throws {RangeError} for a wrong limit, and for a cursor that does not belong to the list
 * @internal
 */
export async function readMergedPage<Entity extends ObjectLiteral, View>(
  manager: EntityManager,
  lists: readonly KeysetList<Entity, View>[],
  page: PageOptions,
): Promise<Page<View>> {
  const [first, ...others] = lists;
  if (first === undefined) throw new RangeError('There is no list to read.');
  const { order } = first;
  const { limit, after } = startOf(order, page);
  let stretch = await readStretch(manager, first, after, limit);
  for (const other of others) {
    stretch = merged(order, stretch, await readStretch(manager, other, after, limit), limit);
  }
  return toPage(order, stretch);
}

function startOf<Entity>(
  { name, columns }: KeysetOrder<Entity>,
  page: PageOptions,
): { readonly limit: number; readonly after: Position | undefined } {
  const limit = pageLimit(page);
  if (page.after === undefined) return { limit, after: undefined };
  const kinds = columns.map(({ kind }) => kind);
  return { limit, after: fromCursor(name, kinds, page.after) };
}

/** Nothing behind the end of one of them is certain: the other may have more before it. */
function merged<Entity, View>(
  order: KeysetOrder<Entity>,
  first: Stretch<View>,
  second: Stretch<View>,
  limit: number,
): Stretch<View> {
  const sooner = soonerEnd(order, first.end, second.end);
  const found = [...first.found, ...second.found]
    .filter(({ position }) => !sooner || comparePositions(order, position, sooner) <= 0)
    .toSorted((a, b) => comparePositions(order, a.position, b.position));
  const last = found[limit - 1];
  if (found.length > limit && last !== undefined) {
    return { found: found.slice(0, limit), end: last.position, gaveUp: false };
  }
  const gaveUp = [first, second].some((it) => it.end === sooner && it.gaveUp);
  return { found, end: sooner, gaveUp };
}

function soonerEnd<Entity>(
  order: KeysetOrder<Entity>,
  first: Position | undefined,
  second: Position | undefined,
): Position | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return comparePositions(order, first, second) <= 0 ? first : second;
}

function toPage<Entity, View>(
  { name, instantOf }: KeysetOrder<Entity>,
  { found, end, gaveUp }: Stretch<View>,
): Page<View> {
  const instant = gaveUp && end !== undefined ? instantOf?.(end) : undefined;
  return {
    items: found.map(({ view }) => view),
    next: end === undefined ? undefined : toCursor(name, end),
    searchedTo: instant === undefined ? undefined : new Date(instant),
  };
}

async function readStretch<Entity extends ObjectLiteral, View>(
  manager: EntityManager,
  list: KeysetList<Entity, View>,
  after: Position | undefined,
  limit: number,
): Promise<Stretch<View>> {
  const { order, filter } = list;
  const bound = filter === undefined ? undefined : await lastToSearch(manager, list, after);
  const query = begin(manager, list, after, list.columns);
  if (bound !== undefined) restrict(query, order, 'upTo', bound);
  filter?.(query);
  const rows = await query.limit(limit + 1).getMany();
  const found = rows
    .slice(0, limit)
    .map((row) => ({ position: positionOf(order, row), view: list.toView(row) }));
  const last = found.at(-1);
  return rows.length > limit && last !== undefined
    ? { found, end: last.position, gaveUp: false }
    : { found, end: bound, gaveUp: bound !== undefined };
}

/** The position of the last row that may be looked at, where there are so many. */
async function lastToSearch<Entity extends ObjectLiteral, View>(
  manager: EntityManager,
  list: KeysetList<Entity, View>,
  after: Position | undefined,
): Promise<Position | undefined> {
  const columns = list.order.columns.map(({ column }) => column);
  const [last] = await begin(manager, list, after, columns)
    .offset(MAX_SEARCHED - 1)
    .limit(1)
    .getMany();
  return last === undefined ? undefined : positionOf(list.order, last);
}

function begin<Entity extends ObjectLiteral, View>(
  manager: EntityManager,
  { entity, order, within }: KeysetList<Entity, View>,
  after: Position | undefined,
  columns: readonly string[],
): SelectQueryBuilder<Entity> {
  const query = manager
    .createQueryBuilder(entity, 'row')
    .select(columns.map((column) => `row.${column}`));
  if (order.holds !== undefined) query.andWhere(order.holds);
  within?.(query);
  if (after !== undefined) restrict(query, order, 'after', after);
  for (const { column } of order.columns) query.addOrderBy(`row.${column}`, order.direction);
  return query;
}
