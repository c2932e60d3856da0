import type { CountEntity } from './count.entity.js';
import { MAX_NAMES, OTHER_NAME } from './counted.js';
import { Tally } from './tally.js';
import { Totals } from './totals.js';

const at = (time: string): number => Date.parse(`2026-01-01T${time}Z`);

const told = (rows: readonly CountEntity[]): string[] =>
  rows.map(({ grain, startsAt, what, name, count }) =>
    [grain, new Date(startsAt).toISOString().slice(8, 16), what, name, count].join(' '),
  );

/** How many values are in each of the first buckets. */
const firstOf = (histogram: string | null): number[] =>
  (JSON.parse(histogram!) as number[]).slice(0, 5);

describe(Totals, () => {
  let tally: Tally;
  let totals: Totals;

  beforeEach(() => {
    tally = new Tally();
    totals = new Totals('p1');
  });

  const add = (time: string): CountEntity[] => totals.add(at(time), tally.take());

  it('adds minutes up to hours and days, each row with its total so far', () => {
    tally.sent('email');
    expect(told(add('10:58:30'))).toEqual([
      'minute 01T10:58 sent email 1',
      'hour 01T10:00 sent email 1',
      'day 01T00:00 sent email 1',
    ]);
    tally.sent('email');
    tally.sent('email');
    expect(told(add('10:59:00'))).toEqual([
      'minute 01T10:59 sent email 2',
      'hour 01T10:00 sent email 3',
      'day 01T00:00 sent email 3',
    ]);
    expect(add('11:00:00')).toEqual([]);
    tally.sent('email');
    expect(told(add('11:01:00'))).toEqual([
      'minute 01T11:01 sent email 1',
      'hour 01T11:00 sent email 1',
      'day 01T00:00 sent email 4',
    ]);
    tally.sent('email');
    expect(told(totals.add(at('24:00:00'), tally.take()))).toEqual([
      'minute 02T00:00 sent email 1',
      'hour 02T00:00 sent email 1',
      'day 02T00:00 sent email 1',
    ]);
  });

  it('continues a minute that was written in part, and has a row only of what has changed', () => {
    tally.sent('email');
    tally.sent('sms');
    add('10:00:10');
    tally.sent('sms');
    expect(told(add('10:00:40'))).toEqual([
      'minute 01T10:00 sent sms 2',
      'hour 01T10:00 sent sms 2',
      'day 01T00:00 sent sms 2',
    ]);
  });

  it('adds histograms up, and gives rows that later counts do not change', () => {
    tally.ended('completed', 'a', 1, 70);
    const [minute] = add('10:00:00');
    tally.ended('completed', 'a', undefined, 1);
    const [, hour] = add('10:01:00');
    expect(minute).toMatchObject({ process: 'p1', count: 1 });
    expect(firstOf(minute!.waiting)).toEqual([1, 0, 0, 0, 0]);
    expect(firstOf(hour!.waiting)).toEqual([1, 0, 0, 0, 0]);
    expect(firstOf(hour!.running)).toEqual([1, 0, 0, 0, 1]);
    tally.sent('email');
    expect(add('10:02:00')[0]).toMatchObject({ waiting: null, running: null });
  });

  it('has a limited number of names in a day, the same ones in all spans', () => {
    for (let round = 0; round < 3; round++) {
      for (let index = 0; index < MAX_NAMES; index++) tally.sent(`${round} ${index}`);
      const rows = add(`10:0${round}:00`);
      expect(rows).toHaveLength((round === 0 ? MAX_NAMES : 1) * 3);
      if (round === 0) continue;
      expect(told(rows)).toEqual([
        `minute 01T10:0${round} sent ${OTHER_NAME} ${MAX_NAMES}`,
        `hour 01T10:00 sent ${OTHER_NAME} ${round * MAX_NAMES}`,
        `day 01T00:00 sent ${OTHER_NAME} ${round * MAX_NAMES}`,
      ]);
    }
    // In the next hour, each name of the day has its own row again.
    tally.sent('2 0');
    for (let index = 0; index < MAX_NAMES - 1; index++) tally.sent(`0 ${index}`);
    add('11:00:00');
    tally.sent(`0 ${MAX_NAMES - 1}`);
    expect(told(add('11:01:00'))[1]).toBe(`hour 01T11:00 sent 0 ${MAX_NAMES - 1} 1`);
  });

  it('cuts a name that is too long, and gives one that no database stores to the others', () => {
    tally.sent('x'.repeat(300));
    tally.sent('a\u0000');
    const names = add('10:00:00').map(({ name }) => name);
    expect([...new Set(names)]).toEqual(['x'.repeat(255), OTHER_NAME]);
  });
});
