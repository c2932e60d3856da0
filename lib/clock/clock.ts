/** Stops a timer that {@link Clock.schedule} started; harmless when it has fired already. */
export type CancelTimer = () => void;

/**
 * Tells the time and wakes up later. Everything in the library that depends on time asks this
 * port, so that a test can hold it still and move it.
 *
 * @publicApi
 */
export abstract class Clock {
  /** The present instant in milliseconds since the Unix epoch. */
  abstract now(): number;

  /**
   * Calls `callback` once, `delayMs` milliseconds from now. The timer does not keep the process alive.
   *
   * @param callback what to call
   * @param delayMs how long to wait, in milliseconds
   * @returns a function that cancels the timer
   */
  abstract schedule(callback: () => void, delayMs: number): CancelTimer;
}
