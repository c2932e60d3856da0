import { EventPattern } from './event-pattern.js';

describe(EventPattern.name, () => {
  describe('matches', () => {
    it.each([
      ['points.updated', 'points.updated', true],
      ['points.updated', 'points.removed', false],
      ['points.updated', 'points.updated.twice', false],
      ['points.*', 'points.updated', true],
      ['points.*', 'points', false],
      ['points.*', 'points.updated.twice', false],
      ['*.deleted', 'user.deleted', true],
      ['*.deleted', 'deleted', false],
      ['order.**', 'order.paid', true],
      ['order.**', 'order.item.added', true],
      ['order.**', 'order', false],
      ['**', 'anything.at.all', true],
      ['**', '', true],
      ['*', '', true],
      ['*', 'ping', true],
    ])('%s on %s: %s', (pattern, type, expected) => {
      expect(new EventPattern(pattern).matches(type)).toBe(expected);
    });

    it.each(['constructor', '__proto__', 'toString'])(
      'REQ-44 does not match the type %s',
      (type) => {
        expect(new EventPattern('points.updated').matches(type)).toBe(false);
      },
    );
  });

  it.each(['', '.', 'a..b', 'a*', 'a.b*', '**.a', 'a.**.b'])(
    'refuses the pattern %j',
    (pattern) => {
      expect(() => new EventPattern(pattern)).toThrow(RangeError);
    },
  );
});
