/**
 * Counts what may happen thousands of times a second: an occurrence for each would cost more than the count.
 *
 * @internal
 */
export interface Counter {
  /** The inbox has taken an event of a source or a poller. */
  stored(outcome: 'accepted' | 'duplicate' | 'ignored' | 'rejected', source: string): void;
  /**
   * An attempt of a job is over.
   *
   * @param name of the handler, rule or channel
   * @param waitedMs from when the job was added until its first attempt started; `undefined` for later attempts
   * @param ranMs how long the attempt took; `undefined` if it did not start
   */
  ended(
    outcome: 'completed' | 'failed' | 'discarded',
    name: string,
    waitedMs: number | undefined,
    ranMs: number | undefined,
  ): void;
  /** A channel has sent a notification. */
  sent(channel: string): void;
}

/** Where nobody counts. @internal */
export const NO_COUNTER: Counter = {
  stored: () => undefined,
  ended: () => undefined,
  sent: () => undefined,
};
