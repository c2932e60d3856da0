/**
 * What became of the events of a run.
 *
 * @publicApi
 */
export interface PolledEventCounts {
  /** Events that are new, and that handlers or rules want. */
  readonly accepted: number;
  /** Events that the inbox had already. Rows that the poller knows to be in the inbox are not counted. */
  readonly duplicates: number;
  /** Events that are new, and that no handler or rule wants. */
  readonly ignored: number;
  /** Events whose data failed a schema; they are stored as rejected. */
  readonly rejected: number;
}

/**
 * How a run ended.
 *
 * - `done`: all that the run found is committed; `more` says that it reached its limit
 * - `failed`: it stopped at what `error` says; what was committed before stays
 * - `postponed`: its API asked for a pause until then; ticks before that are skipped, and it runs then
 * - `stopped`: the application stops, or another process has taken the poller over
 * - `busy`: it did nothing, because another run is in progress, here or in another process
 * - `paused`: it did nothing
 *
 * @publicApi
 */
export type PollRunResult =
  | (PolledEventCounts & { readonly outcome: 'done'; readonly more: boolean })
  | (PolledEventCounts & { readonly outcome: 'failed'; readonly error: string })
  | (PolledEventCounts & { readonly outcome: 'stopped' })
  | (PolledEventCounts & { readonly outcome: 'postponed'; readonly until: Date })
  | { readonly outcome: 'busy' | 'paused' };
