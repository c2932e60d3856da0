/** The figures of several rounds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** What is told of many times. */
export const QUANTILES = [
  { name: 'p50', q: 0.5 },
  { name: 'p99', q: 0.99 },
] as const;

export type QuantileName = (typeof QUANTILES)[number]['name'];

export function spread(values: readonly number[]): Spread {
  return {
    median: quantile(values, 0.5),
    min: Math.min(...values),
    max: Math.max(...values),
  };
}

/** @param q between 0 and 1 */
export function quantile(values: ArrayLike<number>, q: number): number {
  const sorted = Float64Array.from(values).toSorted();
  if (sorted.length === 0) throw new RangeError('There is nothing to take a quantile of.');
  const at = (sorted.length - 1) * q;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}
