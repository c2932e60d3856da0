import { Clock, type CancelTimer } from './clock.js';

/** Longest delay that a Node.js timer takes; a longer one would fire at once. */
const LONGEST_DELAY_MS = 2_147_483_647;

/**
 * The machine's clock and timers.
 *
 * @publicApi
 */
export class SystemClock extends Clock {
  override now(): number {
    return Date.now();
  }

  override schedule(callback: () => void, delayMs: number): CancelTimer {
    const timer = setTimeout(callback, Math.min(delayMs, LONGEST_DELAY_MS));
    timer.unref();
    return () => clearTimeout(timer);
  }
}
