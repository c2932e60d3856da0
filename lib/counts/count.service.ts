import { Injectable } from '@nestjs/common';
import { canMatch } from '../database/paging/can-match.js';
import { emptyPage } from '../database/paging/empty-page.js';
import type { Page, PageOptions } from '../database/paging/page.js';
import { SqlDatabase } from '../database/sql-database.js';
import { readCounts, type CountFilter } from './count.list.js';
import type { CountView } from './count.view.js';
import { GRAINS } from './counted.js';

/**
 * Reads how often events were accepted, requests refused, jobs completed and so on, per minute, hour and day.
 *
 * @example
 * ```ts
 * const { items } = await counts.list({ grain: 'hour', from, to: new Date(), what: 'completed' });
 * for (const { startsAt, name, count, running } of items) {
 *   const p99 = running === null ? undefined : quantile(running, 0.99);
 *   console.log(`${startsAt.toISOString()} ${name}: ${count} jobs, 99 % within ${p99} ms`);
 * }
 * ```
 * @publicApi
 */
@Injectable()
export class CountService {
  constructor(private readonly database: SqlDatabase) {}

  /**
   * Lists sums over all processes: the oldest span first, and within one by what is counted and by name. There is
   * no item for a span in which nothing was counted. Each process writes at the end of a minute.
   *
   * @param filter which counts; `grain`, `from` and `to` are required
   * @param page which page of them. @default the first 100
   * @throws {RangeError} for a grain that does not exist, a `from` or `to` that is no date, a wrong limit, and an
   * `after` that does not belong to this grain
   */
  async list(filter: CountFilter, page: PageOptions = {}): Promise<Page<CountView>> {
    const { grain, from, to, ...texts } = filter;
    if (!Object.hasOwn(GRAINS, grain)) {
      throw new RangeError("Expected grain to be 'minute', 'hour' or 'day'.");
    }
    assertInstant('from', from);
    assertInstant('to', to);
    if (!canMatch(texts)) return emptyPage(page);
    return this.database.read((manager) => readCounts(manager, filter, page));
  }
}

function assertInstant(name: string, given: unknown): void {
  if (given instanceof Date && !Number.isNaN(given.getTime())) return;
  throw new RangeError(`Expected ${name} to be a valid Date.`);
}
