import { fromCursor, toCursor } from './cursor.js';

describe(fromCursor, () => {
  it('gives the position that a cursor was made of', () => {
    const cursor = toCursor('due', [7, 'row 1']);
    expect(fromCursor('due', ['number', 'string'], cursor)).toEqual([7, 'row 1']);
    expect(() => fromCursor('discarded', ['number', 'string'], cursor)).toThrow(RangeError);
  });

  it.each([
    ['number', 1.5],
    ['number', 1e300],
    ['number', '7'],
    ['string', 'a\u0000'],
    ['string', '\ud800'],
    ['string', 7],
    ['uuid', 'x'],
  ] as const)('refuses as a %s what its column cannot hold: %j', (kind, value) => {
    expect(() => fromCursor('due', [kind], toCursor('due', [value]))).toThrow(RangeError);
  });
});
