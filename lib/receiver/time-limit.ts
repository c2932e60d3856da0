import type { Clock } from '../clock/clock.js';

/**
 * Waits for a promise, up to a time limit. Ignores a result or an error that comes later.
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
