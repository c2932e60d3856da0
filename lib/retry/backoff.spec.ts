import fc from 'fast-check';
import { backoffDelayMs } from './backoff.js';
import { BACKOFF_OPTIONS } from './backoff.options.js';

const DAY_MS = 86_400_000;

describe(backoffDelayMs.name, () => {
  it('takes about three days for 12 attempts with the defaults', () => {
    let totalMs = 0;
    for (let attempt = 1; attempt < 12; attempt++)
      totalMs += backoffDelayMs(attempt, BACKOFF_OPTIONS.defaults, 0.5);
    expect(totalMs / DAY_MS).toBeGreaterThan(2.9);
    expect(totalMs / DAY_MS).toBeLessThan(3.1);
  });

  it('stays within its bounds for every attempt and every chance', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, random, jitter) => {
          const options = { ...BACKOFF_OPTIONS.defaults, jitter };
          const delay = backoffDelayMs(attempt, options, random);
          const centre = Math.min(options.capMs, options.baseMs * options.factor ** (attempt - 1));
          expect(Number.isInteger(delay)).toBe(true);
          expect(delay).toBeGreaterThanOrEqual(Math.floor(centre * (1 - jitter)));
          expect(delay).toBeLessThanOrEqual(options.capMs);
        },
      ),
    );
  });

  it('is nothing where it begins with nothing, however many attempts there were', () => {
    expect(backoffDelayMs(5_000, { ...BACKOFF_OPTIONS.defaults, baseMs: 0 }, 0.5)).toBe(0);
  });

  it('grows with the attempts', () => {
    const delays = [1, 2, 3, 4].map((attempt) =>
      backoffDelayMs(attempt, BACKOFF_OPTIONS.defaults, 0.5),
    );
    expect(delays).toEqual([20_000, 54_000, 145_800, 393_660]);
  });
});
