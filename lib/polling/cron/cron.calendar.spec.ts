import { CronJob, CronTime } from 'cron';
import { CronCalendar, type TimeZone } from './cron.calendar.js';
import { CronFields } from './cron.fields.js';

const HOUR_MS = 3_600_000;

/** When the clocks change: to summer time, and back. */
const CHANGES: readonly (readonly [zone: string, changes: readonly string[]])[] = [
  ['Europe/Vienna', ['2026-03-29T01:00:00Z', '2026-10-25T01:00:00Z']],
  ['America/New_York', ['2026-03-08T07:00:00Z', '2026-11-01T06:00:00Z']],
  ['Australia/Sydney', ['2026-10-03T16:00:00Z', '2026-04-04T16:00:00Z']],
  ['Australia/Lord_Howe', ['2026-10-03T15:30:00Z', '2026-04-04T15:00:00Z']],
];

const EXPRESSIONS = [
  '15 1 * * *',
  '45 1 * * *',
  '30 2 * * *',
  '0 3 * * *',
  '45 2,3 * * *',
  '15 30-59/10 2 * * *',
  '0 * * * *',
  '*/7 * * * *',
  '5,32 * * * *',
  '*/20 59,0,1 * * * *',
];

/** The offsets of each zone by instant, as Luxon takes long to find one. */
const OFFSETS = new Map<string, Map<number, number>>();

function calendarOf(
  expression: string,
  timeZone: string,
): { calendar: CronCalendar; asked: () => number } {
  const time = new CronTime(expression, timeZone);
  const { zone } = time.sendAt();
  const offsets = OFFSETS.get(timeZone) ?? new Map<number, number>();
  OFFSETS.set(timeZone, offsets);
  let count = 0;
  const counting: TimeZone = {
    offset: (at) => {
      count++;
      const offset = offsets.get(at) ?? zone.offset(at);
      offsets.set(at, offset);
      return offset;
    },
  };
  return { calendar: new CronCalendar(new CronFields(time), counting), asked: () => count };
}

/** When real timers fire in a process that runs all the time. */
function fired(timeZone: string, from: number, until: number): Map<string, number[]> {
  jest.useFakeTimers({ now: from });
  const instants = new Map<string, number[]>(EXPRESSIONS.map((expression) => [expression, []]));
  const jobs = EXPRESSIONS.map((expression) =>
    CronJob.from({
      cronTime: expression,
      onTick: () => void instants.get(expression)!.push(Date.now()),
      start: true,
      timeZone,
    }),
  );
  jest.advanceTimersByTime(until - from);
  for (const job of jobs) void job.stop();
  jest.useRealTimers();
  return instants;
}

const texts = (instants: readonly number[]): string[] =>
  instants.map((instant) => new Date(instant).toISOString());

describe(CronCalendar, () => {
  const cases = CHANGES.flatMap(([zone, changes]) =>
    changes.map((change) => [zone, change] as const),
  );

  it.each(cases)('F-24 names what the timers of cron fire at in %s around %s', (zone, change) => {
    const from = Date.parse(change) - 4 * HOUR_MS;
    const until = Date.parse(change) + 4 * HOUR_MS;
    for (const [expression, instants] of fired(zone, from, until)) {
      const { calendar } = calendarOf(expression, zone);
      const named: number[] = [];
      for (let at = calendar.after(from); at <= until; at = calendar.after(at)) named.push(at);
      expect([expression, ...texts(named)]).toEqual([expression, ...texts(instants)]);
      if (instants.length === 0) continue;
      // From wherever it is asked, in steps that do not divide those of a schedule.
      const wrong: object[] = [];
      for (let at = instants[0]!; at < until; at += 401_003) {
        const found = { upTo: calendar.upTo(at), after: calendar.after(at) };
        const upTo = instants.findLast((instant) => instant <= at);
        const after = instants.find((instant) => instant > at) ?? found.after;
        if (found.upTo !== upTo || found.after !== after) wrong.push({ at, found, upTo, after });
      }
      expect(wrong).toEqual([]);
    }
  });

  it.each(['* * * * * *', '*/5 * * * * *', '* 5-59 * * * *', '30 2 * * *', '0 0 29 2 *'])(
    "F-24 takes a few steps for '%s', also after the clocks have changed",
    (expression) => {
      for (const change of CHANGES[0]![1]) {
        for (const minutes of [-1, 0, 2, 59, 61, 119, 200]) {
          const at = Date.parse(change) + minutes * 60_000 + 250;
          const { calendar, asked } = calendarOf(expression, 'Europe/Vienna');
          calendar.upTo(at);
          calendar.after(at);
          expect(asked()).toBeLessThan(150);
        }
      }
    },
  );
});

describe(CronFields, () => {
  const fieldsOf = (expression: string): CronFields =>
    new CronFields(new CronTime(expression, 'UTC'));
  const at = (time: string): number => Date.parse(`${time}Z`);

  it.each([
    ['0-58 * * * * *', '2026-01-01T00:00:58', '2026-01-01T00:01:00'],
    ['0 0-22 * * *', '2026-01-01T22:30:00', '2026-01-02T00:00:00'],
    ['0 0 1-30 * *', '2026-01-30T12:00:00', '2026-02-01T00:00:00'],
    ['0 0 1 1-11 *', '2026-11-02T00:00:00', '2027-01-01T00:00:00'],
    ['0 0 13 * 5', '2026-01-02T00:00:00', '2026-01-09T00:00:00'],
    ['0 0 * * 7', '2026-01-01T00:00:00', '2026-01-04T00:00:00'],
    ['0 12 * * 1-5', '2026-01-02T12:00:00', '2026-01-05T12:00:00'],
    ['0 0 31 * *', '2026-01-31T00:00:00', '2026-03-31T00:00:00'],
    ['0 0 29 2 *', '2096-02-29T00:00:00', '2104-02-29T00:00:00'],
    ['@weekly', '2026-01-01T00:00:00', '2026-01-04T00:00:00'],
  ])("F-24 of '%s' the time after %s is %s", (expression, before, after) => {
    const fields = fieldsOf(expression);
    expect(fields.after(at(before))).toBe(at(after));
    expect(fields.upTo(at(after))).toBe(at(after));
    expect(fields.upTo(at(after) - 1)).toBeLessThanOrEqual(at(before));
    expect(fields.after(fields.upTo(at(after) - 1)!)).toBe(at(after));
  });

  it('F-24 gives up after some years where there is none', () => {
    const never = fieldsOf('0 0 31 2 *');
    expect([never.after(at('2026-01-01T00:00:00')), never.upTo(at('2026-01-01T00:00:00'))]).toEqual(
      [undefined, undefined],
    );
  });
});
