/** Stops a timer that {@link Clock.schedule} started; it does nothing if the timer has fired. */
export type CancelTimer = () => void;

/**
 * Tells the time and schedules timers. Everything in the library that depends on time uses this port, so a
 * test can stop the time and advance it.
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
