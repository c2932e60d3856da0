/**
 * Which page of a list to read.
 *
 * @publicApi
 */
export interface PageOptions {
  /** Most items of the page, from 1 to 1,000. @default 100 */
  readonly limit?: number | undefined;
  /** Where the previous page ended: its `next`. @default the beginning of the list */
  readonly after?: string | undefined;
}

/**
 * One page of a list.
 *
 * @example
 * ```ts
 * let after: string | undefined;
 * do {
 *   const page = await queue.list({ state: 'discarded' }, { after });
 *   for (const job of page.items) await queue.retry(job.id);
 *   after = page.next;
 * } while (after !== undefined);
 * ```
 * @publicApi
 */
export interface Page<View> {
  readonly items: readonly View[];
  /** Give it as `after` to read on; `undefined` at the end of the list. */
  readonly next: string | undefined;
  /**
   * Set when the list has looked at 10,000 rows and few of them matched the filter: the time of the row at
   * which it stopped. The page may be empty; `next` looks further.
   */
  readonly searchedTo: Date | undefined;
}
