import type { IncomingEvent } from '../inbox/incoming-event.js';

/** How far a poller has read, as it is stored. */
export interface PollProgress {
  readonly cursor: string | null;
  readonly lookBack: string | null;
}

/** Events that are committed together, and how far the poller has read when they are. */
export interface PolledBatch {
  readonly events: readonly IncomingEvent[];
  readonly progress: PollProgress;
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
   * Reads on. It is resumed after a batch only once that batch and its progress are committed.
   *
   * @param progress what was stored last
   * @param signal aborted when the run has to end
   */
  read(progress: PollProgress, signal: AbortSignal): AsyncIterable<PolledBatch>;

  /** What the host should know about how it is read, such as a missing index. */
  advice(): Promise<string | undefined>;
}
