import type { WakeUp } from '../wake-ups.js';
import { PendingWakeUp, readWakeUp } from './pending-wake-up.js';

/** A text in a notification must be shorter; the sender's id and two semicolons stand before this one. */
const NOTIFY_LIMIT_BYTES = 8_000;

/** The largest line: a number of 30 bits. */
const LAST_SHARE = 2 ** 30 - 1;

/** The last instant of `Date`. */
const LAST_INSTANT = 8.64e15;

const sharesUpTo = (count: number): number[] =>
  Array.from({ length: count }, (_, index) => LAST_SHARE - index);

function textOf(...wakeUps: readonly WakeUp[]): string {
  const pending = new PendingWakeUp();
  for (const wakeUp of wakeUps) pending.add(wakeUp);
  return pending.take();
}

describe(PendingWakeUp.name, () => {
  it.each<[string, readonly WakeUp[], string, WakeUp]>([
    ['lines', [{ shares: [3, 1] }], '3,1;;', { shares: [3, 1] }],
    ['lines and when they are due', [{ shares: [3], dueBy: 4 }], '3;4;', { shares: [3], dueBy: 4 }],
    [
      'an instant',
      [{ shares: [], dueAt: 1_700_000_000_000 }],
      ';;1700000000000',
      { shares: [], dueAt: 1_700_000_000_000 },
    ],
    ['both', [{ shares: [7], dueAt: 5 }], '7;;5', { shares: [7], dueAt: 5 }],
    ['unknown lines', [{}], '?;;', {}],
    ['unknown lines and an instant', [{ dueAt: 5 }], '?;;5', { dueAt: 5 }],
    [
      'several as one, with the first instant, and the last one of jobs that are due',
      [
        { shares: [1], dueBy: 2, dueAt: 9 },
        { shares: [2, 1], dueBy: 3, dueAt: 4 },
        { shares: [1], dueBy: 1 },
      ],
      '1,2;3;4',
      { shares: [1, 2], dueBy: 3, dueAt: 4 },
    ],
    ['lines and unknown ones as unknown', [{ shares: [1] }, {}, { shares: [2] }], '?;;', {}],
  ])('writes %s, which can be read', (_, wakeUps, text, read) => {
    expect(textOf(...wakeUps)).toBe(text);
    expect(readWakeUp(text)).toEqual(read);
  });

  it('names 20 lines, and has the others look if there are more', () => {
    expect(readWakeUp(textOf({ shares: sharesUpTo(20) }))).toEqual({ shares: sharesUpTo(20) });
    expect(readWakeUp(textOf({ shares: sharesUpTo(21) }))).toEqual({});
    expect(readWakeUp(textOf(...sharesUpTo(21).map((share) => ({ shares: [share] }))))).toEqual({});
  });

  it.each([20, 21, 100_000])('fits into a notification with %i lines', (count) => {
    const text = textOf({
      shares: sharesUpTo(count),
      dueBy: LAST_INSTANT,
      dueAt: LAST_INSTANT,
    });
    expect(Buffer.byteLength(text)).toBeLessThan(NOTIFY_LIMIT_BYTES / 20);
    expect(readWakeUp(text).dueAt).toBe(LAST_INSTANT);
  });

  it('is empty at first and once its text was taken', () => {
    const pending = new PendingWakeUp();
    expect(pending.isEmpty).toBe(true);
    for (const wakeUp of [{ shares: [1], dueBy: 4 }, { shares: [], dueAt: 5 }, {}]) {
      pending.add(wakeUp);
      expect(pending.isEmpty).toBe(false);
      pending.take();
      expect(pending.isEmpty).toBe(true);
    }
    expect(pending.take()).toBe(';;');
  });
});

describe(readWakeUp.name, () => {
  // Looking costs one read of an index; what a foreign text names is never trusted.
  it.each([
    '',
    '?',
    '1,2',
    '1,2;',
    '1,2;;x',
    '1,2;x;',
    '-1;;',
    '1.5;;',
    '1,,2;;',
    ',1;;',
    '12345678901;;',
    '1;;12345678901234567',
    '1;12345678901234567;',
    '1;;-5',
    '1;2;3;4',
    '1;;2\n',
    'test;token',
    '{"shares":[1]}',
    '\u0661;;',
    `${'1,'.repeat(3_000)}1;;x`,
  ])('takes nothing from %j but that it has to look', (text) => {
    expect(readWakeUp(text)).toEqual({});
  });
});
