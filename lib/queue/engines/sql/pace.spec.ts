import { Pace } from './pace.js';

describe(Pace, () => {
  it('holds as many as it may while jobs are quick, or none has run yet', () => {
    const pace = new Pace(10, 500);
    expect(pace.ahead).toBe(500);
    for (let count = 0; count < 100; count++) pace.note(2);
    expect(pace.ahead).toBe(500);
  });

  it('holds what takes about a second while jobs are slow', () => {
    const pace = new Pace(10, 500);
    for (let count = 0; count < 100; count++) pace.note(500);
    expect(pace.ahead).toBeGreaterThanOrEqual(20);
    expect(pace.ahead).toBeLessThan(25);
  });

  it('holds one at least, and none where it may hold none', () => {
    const slow = new Pace(1, 500);
    for (let count = 0; count < 100; count++) slow.note(60_000);
    expect(slow.ahead).toBe(1);
    expect(new Pace(10, 0).ahead).toBe(0);
  });
});
