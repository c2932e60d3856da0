import type { IncomingEvent } from '../inbox/incoming-event.js';
import type { AsideItems } from './aside/aside-items.js';
import type { ItemName } from './aside/item-name.js';
import type { PollTarget } from './poll-target.js';
import type { RunSpan } from './run/run.span.js';

/** How far a poller has read, as it is stored. */
export interface PollProgress {
  readonly cursor: string | null;
  readonly lookBack: string | null;
}

/** A row or an item that was tried, with its events, or why it has none. */
export interface TriedItem {
  readonly name: () => ItemName;
  readonly events: readonly IncomingEvent[];
  readonly failure?: { readonly error: unknown };
}

/** Rows or items that were tried together, and how far the poller has read once they are committed or set aside. */
export interface PolledBatch {
  readonly tried: readonly TriedItem[];
  /** Whether it is of the same page as the batch before it. */
  readonly isSamePage: boolean;
  /**
   * The progress once all of them are committed or set aside. Call it once.
   *
   * @param before how many of those tried are, where the run stops at the next one
   */
  progress(before?: number): PollProgress;
  /** Why the batch ends early: the run fails with it. */
  readonly failure?: { readonly error: unknown } | undefined;
  /** Whether that is an API's request for a pause, at the last item tried. */
  readonly isPostponed?: boolean;
  /** Whether the run has reached its limit, so that there may be more to read. */
  readonly more: boolean;
}

/**
 * Reads what a poller polls, batch by batch.
 *
 * @internal
 */
export interface PageReader {
  /** What is read, and by which columns; up to 255 characters. */
  readonly reads: string;

  /** The progress of a poller that is new. */
  begin(): Promise<PollProgress>;

  /**
   * The progress of a poller that moves to another position.
   *
   * @param stored what was stored last
   * @param repeats whether rows that were reported before are reported again
   * @throws {TypeError} for a position that the poller cannot have
   */
  moveTo(target: PollTarget, stored: PollProgress, repeats: boolean): Promise<PollProgress>;

  /**
   * Reads on. It is resumed after a batch only once that batch and its progress are committed.
   *
   * @param progress what was stored last
   * @param span in which the method may be called
   * @param aside the items set aside before, which it passes over
   */
  read(progress: PollProgress, span: RunSpan, aside: AsideItems): AsyncIterable<PolledBatch>;

  /**
   * Retries an item that was set aside.
   *
   * @param content what {@link ItemName} gave
   * @returns the events of the item
   * @throws why it still cannot be taken
   */
  retry(content: string, span: RunSpan): Promise<readonly IncomingEvent[]>;

  /** What the host should improve about how it is read, such as a missing index. */
  advice(): Promise<string | undefined>;

  /** Why the instants of its events are not known, where they are not. */
  zoneAdvice(): Promise<string | undefined>;
}
