import { CronSchedule, scheduledInstant } from './cron.schedule.js';

describe(CronSchedule, () => {
  it.each(['every minute', '61 * * * * *', '* * *', '0 0 31 2 *'])("refuses '%s'", (expression) => {
    expect(() => new CronSchedule(expression, undefined)).toThrow(Error);
  });

  it('knows its next instant in its time zone', () => {
    const next = new CronSchedule('30 12 * * *', 'Asia/Kolkata').next();
    expect(next.getTime()).toBeGreaterThan(Date.now());
    expect(next.toISOString()).toMatch(/T07:00:00\.000Z$/);
  });
});

describe(scheduledInstant, () => {
  it('is the instant that the timer was set for, however late it fires', () => {
    expect(scheduledInstant(10_000, 10_000)).toBe(10_000);
    expect(scheduledInstant(10_000, 13_700)).toBe(10_000);
  });

  it('is the present second where the timer cannot have been set for that', () => {
    expect(scheduledInstant(10_000, 9_500)).toBe(9_000);
    expect(scheduledInstant(10_000, 90_500)).toBe(90_000);
  });
});
