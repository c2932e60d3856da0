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

/** A row or an item that was tried, and its events; or why it has none. */
export interface TriedItem {
  readonly name: () => ItemName;
  readonly events: readonly IncomingEvent[];
  readonly failure?: { readonly error: unknown };
}

/** What was tried together, and how far the poller has read when that is dealt with. */
export interface PolledBatch {
  readonly tried: readonly TriedItem[];
  /** Whether it is of the same page as the batch before it. */
  readonly isSamePage: boolean;
  /**
   * The progress when all of it is dealt with; to be asked for once.
   *
   * @param before how many of those tried are dealt with, where the run holds at the next one
   */
  progress(before?: number): PollProgress;
  /** What prevented that the batch goes on: the run ends with it. */
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
   * The progress of a poller that is to go on elsewhere.
   *
   * @param stored what was stored last
   * @param repeats whether what was told before is told again
   * @throws {TypeError} for a place that it cannot go to
   */
  moveTo(target: PollTarget, stored: PollProgress, repeats: boolean): Promise<PollProgress>;

  /**
   * Reads on. It is resumed after a batch only once that batch and its progress are committed.
   *
   * @param progress what was stored last
   * @param span in which the method may be called
   * @param aside what was set aside before: it is passed over
   */
  read(progress: PollProgress, span: RunSpan, aside: AsideItems): AsyncIterable<PolledBatch>;

  /**
   * Tries an item again that was set aside; the events that it has come to.
   *
   * @param content what {@link ItemName} gave
   * @throws why it cannot be taken still
   */
  retry(content: string, span: RunSpan): Promise<readonly IncomingEvent[]>;

  /** What the host should know about how it is read, such as a missing index. */
  advice(): Promise<string | undefined>;

  /** What the host should know about the times of its events: they may not be known. */
  zoneAdvice(): Promise<string | undefined>;
}
