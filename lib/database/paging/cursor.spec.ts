import { fromCursor, toCursor } from './cursor.js';

describe(fromCursor, () => {
  it('gives the position that a cursor was made of', () => {
    const cursor = toCursor('due', [7, 'row 1']);
    expect(fromCursor('due', ['number', 'name'], cursor)).toEqual([7, 'row 1']);
    expect(() => fromCursor('discarded', ['number', 'name'], cursor)).toThrow(RangeError);
  });

  it.each([
    ['number', 1.5],
    ['number', 1e300],
    ['number', '7'],
    ['name', 'a\u0000'],
    ['name', 7],
    ['string', 7],
    ['uuid', 'x'],
  ] as const)('refuses as a %s what its column cannot hold: %j', (kind, value) => {
    expect(() => fromCursor('due', [kind], toCursor('due', [value]))).toThrow(RangeError);
  });
});
