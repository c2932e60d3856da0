import { MAX_NAMES, OTHER_NAME, type Cells } from './counted.js';
import { Tally } from './tally.js';

const countsOf = (cells: Cells): Record<string, Record<string, number>> =>
  Object.fromEntries(
    [...cells].map(([what, names]) => [
      what,
      Object.fromEntries([...names].map(([name, { count }]) => [name, count])),
    ]),
  );

describe(Tally, () => {
  it('counts by what and name, and begins again when it is taken', () => {
    const tally = new Tally();
    tally.stored('accepted', 'game');
    tally.stored('accepted', 'game');
    tally.stored('duplicate', 'game');
    tally.sent('email');
    tally.refused('signature', 'game');
    tally.refused('unknown-source', undefined);
    expect(countsOf(tally.take())).toEqual({
      accepted: { game: 2 },
      duplicate: { game: 1 },
      sent: { email: 1 },
      'refused.signature': { game: 1 },
      'refused.unknown-source': { [OTHER_NAME]: 1 },
    });
    expect(tally.take().size).toBe(0);
  });

  it('has histograms of what has a time', () => {
    const tally = new Tally();
    tally.ended('completed', 'a', 3, 30);
    tally.ended('completed', 'a', undefined, 40);
    tally.ended('discarded', 'b', undefined, undefined);
    const cells = tally.take();
    const a = cells.get('completed')!.get('a')!;
    expect(a.count).toBe(2);
    expect(a.waiting![0]).toBe(1);
    expect(a.running![3]).toBe(2);
    expect(cells.get('discarded')!.get('b')).toEqual({
      count: 1,
      waiting: undefined,
      running: undefined,
    });
  });

  it('counts further names together', () => {
    const tally = new Tally();
    for (let index = 0; index < MAX_NAMES + 50; index++) tally.sent(`channel ${index}`);
    tally.sent('channel 0');
    tally.sent('__proto__');
    tally.stored('accepted', 'constructor');
    const cells = tally.take();
    expect(cells.get('sent')!.size).toBe(MAX_NAMES + 1);
    expect(cells.get('sent')!.get(OTHER_NAME)!.count).toBe(51);
    expect(cells.get('sent')!.get('channel 0')!.count).toBe(2);
    expect(cells.get('accepted')!.get('constructor')!.count).toBe(1);
  });
});
