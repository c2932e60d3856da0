import type { Clock } from '../clock/clock.js';

/**
 * Waits for a promise, but not for ever. What comes too late is passed over, an error included.
 *
 * @param limitMs how long, in milliseconds
 * @throws {Error} when the time is over
 * @internal
 */
export function withinTime<Result>(
  clock: Clock,
  promise: Promise<Result>,
  limitMs: number,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const cancel = clock.schedule(
      () => reject(new Error(`it took longer than ${limitMs} ms`)),
      limitMs,
    );
    promise.then(resolve, reject).finally(cancel);
  });
}
