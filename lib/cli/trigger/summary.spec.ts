import { percentile, summaryOf } from './summary.js';

describe(percentile.name, () => {
  it.each([
    [[], 0.5, 0],
    [[7], 0.99, 7],
    [[1, 2, 3, 4], 0.5, 2],
    [Array.from({ length: 100 }, (_, index) => index + 1), 0.99, 99],
  ])('of %j at %d is %d', (values, share, expected) => {
    expect(percentile(values, share)).toBe(expected);
  });
});

describe(summaryOf.name, () => {
  it('counts the statuses, and the requests without an answer', () => {
    const outcomes = [200, 200, 503, 'ECONNRESET'].map((status, index) => ({
      status,
      durationMs: index + 1,
      answer: '',
    }));
    expect(summaryOf(outcomes, 500)).toBe(
      [
        '4 sent in 0.50 s (8 a second)',
        '  200          2',
        '  503          1',
        '  ECONNRESET   1',
        '  p50 2.0 ms, p99 4.0 ms',
      ].join('\n'),
    );
  });
});
