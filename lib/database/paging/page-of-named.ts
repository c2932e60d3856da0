import { fromCursor, toCursor } from './cursor.js';
import type { Page, PageOptions } from './page.js';
import { pageLimit } from './page.options.js';

const ORDER = 'named';

/**
 * A page of what the application declares, which is all in memory: by name.
 *
 * @throws {RangeError} for a wrong limit, and for a cursor that does not belong to such a list
 * @internal
 */
export function pageOfNamed<Item extends { readonly name: string }>(
  items: readonly Item[],
  page: PageOptions,
): Page<Item> {
  const limit = pageLimit(page);
  const [after] =
    page.after === undefined ? [undefined] : fromCursor(ORDER, ['string'], page.after);
  const rest = items
    .filter(({ name }) => after === undefined || name > after)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const found = rest.slice(0, limit);
  const last = found.at(-1);
  return {
    items: found,
    next: rest.length > limit && last !== undefined ? toCursor(ORDER, [last.name]) : undefined,
    searchedTo: undefined,
  };
}
