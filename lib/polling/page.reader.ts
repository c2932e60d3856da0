import type { IncomingEvent } from '../inbox/incoming-event.js';
import type { PollTarget } from './poll-target.js';

/** How far a poller has read, as it is stored. */
export interface PollProgress {
  readonly cursor: string | null;
  readonly lookBack: string | null;
}

/** A row or an item that could not be taken. */
export interface FailedItem {
  /** The id that its event would have, or what stands for it; up to 255 characters. */
  readonly item: string;
  readonly kind: 'row' | 'event';
  /** As JSON, by which it is read again, or by which somebody can tell what it was. */
  readonly content: string;
  readonly error: unknown;
}

/** Events that are committed together, and how far the poller has read when they are. */
export interface PolledBatch {
  readonly events: readonly IncomingEvent[];
  readonly progress: PollProgress;
  /** What is to be set aside, so that the others go on. */
  readonly failed?: readonly FailedItem[];
  /** What prevented that the batch goes on: the run ends with it. */
  readonly failure: { readonly error: unknown } | undefined;
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
   * @param repeats whether what was told before is to be told again
   * @throws {TypeError} for a place that it cannot go to
   */
  moveTo(target: PollTarget, stored: PollProgress, repeats: boolean): Promise<PollProgress>;

  /**
   * Reads on. It is resumed after a batch only once that batch and its progress are committed.
   *
   * @param progress what was stored last
   * @param signal aborted when the run has to end
   * @param aside what was set aside before, by the names that {@link FailedItem} gives: it is passed over
   */
  read(
    progress: PollProgress,
    signal: AbortSignal,
    aside: ReadonlySet<string>,
  ): AsyncIterable<PolledBatch>;

  /**
   * Tries an item again that was set aside; the events that it has come to.
   *
   * @param content what {@link FailedItem} gave
   * @throws why it cannot be taken still
   */
  retry(content: string, signal: AbortSignal): Promise<readonly IncomingEvent[]>;

  /** What the host should know about how it is read, such as a missing index. */
  advice(): Promise<string | undefined>;

  /** What the host should know about the times of its events: they may not be known. */
  zoneAdvice(): Promise<string | undefined>;
}
