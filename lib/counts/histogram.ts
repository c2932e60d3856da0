/**
 * The upper bounds of the buckets of every histogram, in milliseconds, themselves included. A last bucket takes
 * what is longer.
 *
 * @publicApi
 */
export const HISTOGRAM_BOUNDS_MS: readonly number[] = [
  5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 3_600_000,
];

/**
 * How many values are in each bucket: one more bucket than {@link HISTOGRAM_BOUNDS_MS} has bounds.
 *
 * @publicApi
 */
export type Histogram = readonly number[];

/** An empty histogram, to count into. @internal */
export function emptyHistogram(): number[] {
  return HISTOGRAM_BOUNDS_MS.map(() => 0).concat(0);
}

/** Counts a value. @internal */
export function countInto(histogram: number[], ms: number): void {
  let bucket = 0;
  // Most values are in the first buckets. A value that is no number counts as the longest.
  while (bucket < HISTOGRAM_BOUNDS_MS.length && !(ms <= (HISTOGRAM_BOUNDS_MS[bucket] ?? 0)))
    bucket++;
  histogram[bucket] = (histogram[bucket] ?? 0) + 1;
}

/** Adds another histogram to this one. @internal */
export function addInto(histogram: number[], other: Histogram): void {
  for (let bucket = 0; bucket < histogram.length; bucket++) {
    histogram[bucket] = (histogram[bucket] ?? 0) + (other[bucket] ?? 0);
  }
}

/**
 * Estimates a quantile: values are taken as spread evenly within their bucket.
 *
 * @param histogram as `CountView` has it
 * @param q which quantile, from 0 to 1: `0.5` is the median, `0.99` the 99th percentile
 * @returns milliseconds; the last bound, an hour, for what is longer; `undefined` for a histogram without values
 * @throws {RangeError} for a `q` that is no number from 0 to 1
 * @example
 * ```ts
 * const p99 = running === null ? undefined : quantile(running, 0.99);
 * ```
 * @publicApi
 */
export function quantile(histogram: Histogram, q: number): number | undefined {
  if (!(q >= 0 && q <= 1)) throw new RangeError(`Expected q to be from 0 to 1, got ${String(q)}.`);
  const total = histogram.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  const rank = q * total;
  let below = 0;
  for (const [bucket, upper] of HISTOGRAM_BOUNDS_MS.entries()) {
    const count = histogram[bucket] ?? 0;
    if (count > 0 && below + count >= rank) {
      const lower = HISTOGRAM_BOUNDS_MS[bucket - 1] ?? 0;
      return lower + (upper - lower) * (Math.max(0, rank - below) / count);
    }
    below += count;
  }
  return HISTOGRAM_BOUNDS_MS.at(-1);
}
