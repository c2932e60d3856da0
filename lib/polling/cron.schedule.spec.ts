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

describe('CronSchedule.commonInstant', () => {
  const at = (time: string): number => Date.parse(`2026-03-02T${time}Z`);
  const everyFive = new CronSchedule('*/5 * * * *', undefined);

  it('is the scheduled instant where the clocks agree', () => {
    expect(everyFive.commonInstant(at('12:05:00'), at('12:05:03'), at('12:05:02.700'))).toBe(
      at('12:05:00'),
    );
  });

  it.each([
    ['a whole interval ahead', '12:10:00', '12:05:00', '12:05:00'],
    ['a whole interval behind', '12:00:00', '12:05:00', '12:05:00'],
    ['a little ahead', '12:05:00', '12:04:20', '12:05:00'],
    ['a little behind', '12:05:00', '12:05:40', '12:05:00'],
    ['hours ahead', '17:35:00', '12:06:00', '12:05:00'],
  ])('REQ-54 is the nearest one by the common clock on a machine %s', (_, here, there, tick) => {
    expect(everyFive.commonInstant(at(here), at(here), at(there))).toBe(at(tick));
  });

  it('keeps to irregular schedules and time zones', () => {
    const weekdays = new CronSchedule('0 9 * * 1-5', 'Asia/Kolkata');
    const ahead = at('03:30:00') + 300_000;
    expect(weekdays.commonInstant(ahead, ahead, at('03:30:00'))).toBe(at('03:30:00'));
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
