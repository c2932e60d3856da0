import type { PageOptions } from './page.js';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

/**
 * @throws {RangeError} for a limit that is not a whole number from 1 to 1,000
 * @internal
 */
export function pageLimit({ limit = DEFAULT_LIMIT }: PageOptions): number {
  if (Number.isSafeInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new RangeError(
    `Expected limit to be a whole number from 1 to ${MAX_LIMIT}, got ${String(limit)}. ` +
      'Read further pages with `after`.',
  );
}
