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
    ['30 2 * * *', '2026-10-25T10:30:00Z', '2026-10-25T00:30:00.000Z'],
    ['15 1 * * *', '2026-10-25T01:45:00Z', '2026-10-24T23:15:00.000Z'],
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

describe('CronSchedule at the end of summer time', () => {
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  /** A walk without an end must fail, not hang. */
  const limitSteps = (): void => {
    const original = CronTime.prototype.getNextDateFrom;
    let steps = 0;
    jest.spyOn(CronTime.prototype, 'getNextDateFrom').mockImplementation(function (
      this: CronTime,
      ...args
    ) {
      if (++steps > 100) throw new Error('it walks from tick to tick');
      return original.apply(this, args);
    });
  };

  it.each([
    ['Europe/Vienna', '2026-10-25T01:00:00Z'],
    ['Europe/London', '2026-10-25T01:00:00Z'],
    ['America/New_York', '2026-11-01T06:00:00Z'],
    ['Australia/Sydney', '2026-04-04T16:00:00Z'],
    ['Pacific/Auckland', '2026-04-04T14:00:00Z'],
    ['America/Santiago', '2026-04-05T03:00:00Z'],
  ])('F-24 finds the tick of a machine in %s that lags', (zone, change) => {
    for (const [expression, lagMs, stepMs] of [
      ['* * * * * *', 2_000, 1_000],
      ['*/10 * * * * *', 30_000, 10_000],
      ['* * * * *', 150_000, 60_000],
      ['*/5 * * * *', 400_000, 300_000],
      ['*/30 * * * *', 2_400_000, 1_800_000],
    ] as const) {
      const here = Date.parse(change) - stepMs;
      jest.useFakeTimers({ now: here });
      limitSteps();
      const tick = new CronSchedule(expression, zone).commonInstant(here, here, here + lagMs);
      expect(tick % stepMs).toBe(0);
      expect(Math.abs(tick - here - lagMs)).toBeLessThanOrEqual(stepMs / 2);
      jest.restoreAllMocks();
      jest.useRealTimers();
    }
  });

  it('F-24 walks over no ticks in the hours after it', () => {
    const everySecond = new CronSchedule('* * * * * *', 'Europe/Vienna');
    const here = Date.parse('2026-10-25T02:30:00Z');
    limitSteps();
    expect(everySecond.commonInstant(here, here, here + 2_000)).toBe(here + 2_000);
  });

  it('F-24 makes up for a tick of the hours before, and for none a second time', () => {
    const at = (time: string): number => Date.parse(`2026-10-${time}Z`);
    const early = new CronSchedule('15 1 * * *', 'Europe/Vienna');
    expect(early.missed(at('23T23:15:00'), at('25T01:45:00'))).toBe(at('24T23:15:00'));
    const repeated = new CronSchedule('30 2 * * *', 'Europe/Vienna');
    expect(repeated.missed(at('25T00:30:00'), at('25T10:30:00'))).toBeUndefined();
    // The timer of a process that has started at 02:10 for the second time.
    const timer = at('25T01:30:00');
    expect(repeated.commonInstant(timer, timer, timer)).toBe(at('25T00:30:00'));
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
