/**
 * An event that a poller found.
 *
 * @publicApi
 */
export interface PolledEvent<Data = unknown> {
  /** Dotted type, such as `points.updated`, up to 255 characters. */
  readonly type: string;
  /** What happened; handlers get it parsed from its JSON, like the data of a webhook. */
  readonly data: Data;
  /**
   * When it happened.
   *
   * @default the instant of the row's cursor where that is known (see `TablePollOptions.cursor`), else when the
   *   poller found it
   */
  readonly occurredAt?: Date | undefined;
  /**
   * Tells the event from all others of its poller: a second one with the same id is a duplicate.
   *
   * @default for a row its key and cursor value (see `dedupeBy`); for an item of a page the digest of `type`,
   *   `occurredAt` and `data`. What every run shows is one event; what was away for a run and has come back is
   *   another
   */
  readonly id?: string | undefined;
}

/**
 * What the method of a table's poller gets beside the row.
 *
 * @publicApi
 */
export interface RowPollContext {
  /** Aborted when the run's time is over, the application stops, or another process has taken it over. */
  readonly signal: AbortSignal;
}

/**
 * What a poller's method makes of a row: an event, several, or none.
 *
 * @publicApi
 */
export type PolledEvents = PolledEvent | readonly PolledEvent[] | null | undefined | void;

/**
 * What the method of a poller without an entity is called with.
 *
 * @typeParam Cursor what its pages give as their cursor; any JSON value
 * @publicApi
 */
export interface PollRequest<Cursor = unknown> {
  /** Where the last committed page ended; `undefined` at first. */
  readonly cursor: Cursor | undefined;
  /** Aborted when the run's time is over, the application stops, or another process has taken it over. */
  readonly signal: AbortSignal;
}

/**
 * A part of what the method of a poller without an entity has found. Its events are committed, then
 * its cursor is stored. After a crash in between the page is read again, and its events are duplicates.
 *
 * @publicApi
 */
export interface PolledPage<Cursor = unknown> {
  readonly events: readonly PolledEvent[];
  /** Where the next run goes on; any JSON value. @default where the page before it ended */
  readonly cursor?: Cursor | undefined;
}

/**
 * What the method of a poller without an entity returns: a page, several, or a generator of them.
 *
 * @publicApi
 */
export type PolledPages<Cursor = unknown> =
  | PolledPage<Cursor>
  | Iterable<PolledPage<Cursor>>
  | AsyncIterable<PolledPage<Cursor>>
  | null
  | undefined
  | void;
