import { CronTime } from 'cron';
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

describe('CronSchedule.previous', () => {
  const previous = (expression: string, at: string, timeZone = 'Europe/Vienna') => {
    const found = new CronSchedule(expression, timeZone).previous(Date.parse(at));
    return found === undefined ? undefined : new Date(found).toISOString();
  };

  it.each([
    ['*/5 * * * *', '2026-03-02T12:07:31Z', '2026-03-02T12:05:00.000Z'],
    ['*/5 * * * *', '2026-03-02T12:05:00Z', '2026-03-02T12:05:00.000Z'],
    ['0 9 * * 1-5', '2026-03-08T12:00:00Z', '2026-03-06T08:00:00.000Z'],
    ['0 0 29 2 *', '2026-03-02T12:00:00Z', '2024-02-28T23:00:00.000Z'],
    // The end of summer time: 02:30 comes twice, and is scheduled once.
    ['30 2 * * *', '2026-10-25T00:29:59Z', '2026-10-24T00:30:00.000Z'],
    ['30 2 * * *', '2026-10-25T00:40:00Z', '2026-10-25T00:30:00.000Z'],
    ['30 2 * * *', '2026-10-25T01:20:00Z', '2026-10-25T00:30:00.000Z'],
    ['30 2 * * *', '2026-10-25T01:50:00Z', '2026-10-25T00:30:00.000Z'],
    ['0 * * * *', '2026-10-25T01:50:00Z', '2026-10-25T01:00:00.000Z'],
  ])("F-24 of '%s' at %s is %s", (expression, at, expected) => {
    expect(previous(expression, at)).toBe(expected);
  });

  it('F-24 takes a few steps to find, however many ticks a lag of hours holds', () => {
    const asked = jest.spyOn(CronTime.prototype, 'getNextDateFrom');
    const everySecond = new CronSchedule('* * * * * *', undefined);
    const here = Date.parse('2026-03-02T22:00:00Z');
    const there = Date.parse('2026-03-02T12:00:00Z');
    expect(everySecond.commonInstant(here, here, there)).toBe(there);
    expect(asked.mock.calls.length).toBeLessThan(100);
    asked.mockRestore();
  });

  it('F-24 moves the tick of a machine that lags by no hour at the end of summer time', () => {
    const daily = new CronSchedule('30 2 * * *', 'Europe/Vienna');
    const tick = Date.parse('2026-10-25T00:30:00Z');
    for (const lagMs of [1_000, 60_000, 40 * 60_000, 80 * 60_000]) {
      // Its timer fires when its own clock shows the instant, which is later by the common clock.
      expect(daily.commonInstant(tick, tick, tick + lagMs)).toBe(tick);
    }
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
