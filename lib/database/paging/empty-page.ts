import type { Page, PageOptions } from './page.js';
import { pageLimit } from './page.options.js';

/**
 * The page of a list that cannot have any item.
 *
 * @throws {RangeError} for a wrong limit
 * @internal
 */
export function emptyPage(page: PageOptions): Page<never> {
  pageLimit(page);
  return { items: [], next: undefined, searchedTo: undefined };
}
