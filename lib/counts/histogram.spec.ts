import { addInto, countInto, emptyHistogram, HISTOGRAM_BOUNDS_MS, quantile } from './histogram.js';

const of = (...values: number[]): number[] => {
  const histogram = emptyHistogram();
  for (const value of values) countInto(histogram, value);
  return histogram;
};

describe('A histogram', () => {
  it('has a bucket for each bound, which it includes, and one for what is longer', () => {
    for (const [bucket, bound] of HISTOGRAM_BOUNDS_MS.entries()) {
      expect(of(bound).indexOf(1)).toBe(bucket);
      expect(of(bound + 0.1).indexOf(1)).toBe(bucket + 1);
    }
    expect(of(0, -1).indexOf(2)).toBe(0);
    expect(of(Number.NaN, Infinity).at(-1)).toBe(2);
    expect(of(1)).toHaveLength(HISTOGRAM_BOUNDS_MS.length + 1);
  });

  it('is added to another, also to one with fewer buckets', () => {
    const sum = of(1, 20);
    addInto(sum, of(1, 4_000_000));
    addInto(sum, [5]);
    expect(sum[0]).toBe(7);
    expect(sum[2]).toBe(1);
    expect(sum.at(-1)).toBe(1);
  });
});

describe('quantile', () => {
  it('estimates within the bucket', () => {
    const histogram = of(
      ...Array.from({ length: 90 }, () => 3),
      ...Array.from({ length: 10 }, () => 70),
    );
    expect(quantile(histogram, 0)).toBe(0);
    expect(quantile(histogram, 0.45)).toBe(2.5);
    expect(quantile(histogram, 0.9)).toBe(5);
    expect(quantile(histogram, 0.95)).toBe(75);
    expect(quantile(histogram, 1)).toBe(100);
  });

  it('says the last bound for what is longer, and nothing for no values', () => {
    expect(quantile(of(7_200_000), 0.5)).toBe(3_600_000);
    expect(quantile(emptyHistogram(), 0.5)).toBeUndefined();
    expect(quantile([], 0.5)).toBeUndefined();
  });

  it.each([-0.1, 1.1, Number.NaN, '0.5x' as never])('refuses q = %p', (q) => {
    expect(() => quantile(of(1), q)).toThrow(RangeError);
  });
});
