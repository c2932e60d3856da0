import { Pace } from './pace.js';

describe(Pace, () => {
  it('prefetches up to the limit while jobs are quick, or none has run yet', () => {
    const pace = new Pace(10, 500);
    expect(pace.ahead).toBe(500);
    for (let count = 0; count < 100; count++) pace.note(2);
    expect(pace.ahead).toBe(500);
  });

  it('prefetches work for about a second while jobs are slow', () => {
    const pace = new Pace(10, 500);
    for (let count = 0; count < 100; count++) pace.note(500);
    expect(pace.ahead).toBeGreaterThanOrEqual(20);
    expect(pace.ahead).toBeLessThan(25);
  });

  it('prefetches at least one job, and none if the limit is 0', () => {
    const slow = new Pace(1, 500);
    for (let count = 0; count < 100; count++) slow.note(60_000);
    expect(slow.ahead).toBe(1);
    expect(new Pace(10, 0).ahead).toBe(0);
  });
});
