/**
 * A run of a poller is over.
 *
 * @publicApi
 */
export interface PollEnded {
  /**
   * - `poll.completed`: the run read everything new, up to its limits
   * - `poll.failed`: the run failed; the poller runs again at its next tick
   * - `poll.postponed`: the API asked the poller to wait, as by HTTP 429; it runs again after `waitMs`
   */
  readonly kind: 'poll.completed' | 'poll.failed' | 'poll.postponed';
  readonly poller: string;
  /** How many events were new. */
  readonly accepted: number;
  /** Why the run did not complete; `null` if it did. */
  readonly error: string | null;
  /** Milliseconds until the next run of a postponed poller; `null` if it is not postponed. */
  readonly waitMs: number | null;
}

/**
 * A poller failed on one row or item, and goes on with the others.
 *
 * @publicApi
 */
export interface PollItemFailed {
  /**
   * - `poll.item-failed`: the item is retried in each run
   * - `poll.item-parked`: the item is no longer retried, unless `PollRegistry.retryParked()` is called
   */
  readonly kind: 'poll.item-failed' | 'poll.item-parked';
  readonly poller: string;
  /** Name of the item for the methods of `PollRegistry`. */
  readonly item: string;
  /** For people: the row's key, or the item. */
  readonly label: string;
  readonly error: string;
}

/**
 * A poller does not make progress as it should, or cannot read all rows.
 *
 * @publicApi
 */
export interface PollHeldUp {
  readonly kind: 'poll.held-up';
  readonly poller: string;
  /** What the poller does instead, and the cure. It continues a line that begins with "Poller '…' ". */
  readonly reason: string;
}
