import { integerAt, integerReadAs, isRounded } from './exact-integer.js';

/** What JavaScript makes of the integer in these texts. */
const READ = Number('12345678901234567891');

describe('integers beyond 2^53', () => {
  it.each([
    [Number.MAX_SAFE_INTEGER, false],
    [Number('9007199254740992'), true],
    [Number('-9007199254740993'), true],
    [1e21, true],
    [0.5, false],
    [Number.NaN, false],
    [Infinity, false],
    ['9007199254740993', false],
  ])('F-18 tells %p: rounded %p', (value, expected) => {
    expect(isRounded(value)).toBe(expected);
  });

  it.each([
    ['{"id":12345678901234567891}', 'id', '12345678901234567891'],
    ['{"data":[{"id": -12345678901234567891 }]}', 'data.0.id', '-12345678901234567891'],
    ['{"id":1.5e300}', 'id', undefined],
    ['{"id":"12345678901234567891"}', 'id', undefined],
    ['{}', 'id', undefined],
  ])('F-18 keeps the digits in %s at %s', (json, path, expected) => {
    expect(integerAt(Buffer.from(json), path)).toBe(expected);
  });

  it.each([
    ['{"id":12345678901234567891}', '12345678901234567891'],
    ['{"a":1,"b":[12345678901234567891,12345678901234567891]}', '12345678901234567891'],
    // In a string it is not a number, whatever precedes it.
    ['{"note":"\\"12345678901234567890","id":12345678901234567891}', '12345678901234567891'],
    // Two that are read as one number: which one was meant cannot be known.
    ['{"a":12345678901234567890,"id":12345678901234567891}', undefined],
    ['{"id":1.2345678901234567891e19}', undefined],
    ['{"id":"12345678901234567891"}', undefined],
  ])('F-18 finds in %s what was read as a number', (json, expected) => {
    expect(integerReadAs(Buffer.from(json), READ)).toBe(expected);
  });

  it('F-18 finds it beside strings of any length', () => {
    const json = Buffer.from(
      `{"file":"${'\\\\x'.repeat(8_000_000)}","id":${'12345678901234567891'}}`,
    );
    expect(integerReadAs(json, READ)).toBe('12345678901234567891');
  });

  it('takes no longer for a string that does not end', () => {
    const json = Buffer.from(`{"a":"${'\\\\'.repeat(500_000)}`);
    expect(integerReadAs(json, READ)).toBeUndefined();
  });
});
