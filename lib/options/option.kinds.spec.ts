import { ConfigurationError } from '../errors/configuration.error.js';
import type { Option } from './option.js';
import {
  accepted,
  boolean,
  callback,
  choice,
  choices,
  integer,
  list,
  number,
  required,
} from './option.kinds.js';

const CURE = 'Correct it, or leave it out for the default.';

const digits = list(['0'], {
  one: 'a digit',
  many: 'digits',
  accepts: (value): value is string => typeof value === 'string' && /^\d$/.test(value),
});

describe('The kinds of options', () => {
  it.each<[string, Option<unknown>, unknown, unknown[]]>([
    ['integer', integer(10, { min: 1, max: 20 }), 10, [1, 20]],
    ['integer without a default', integer(undefined, { min: 1 }), undefined, [1, 2 ** 53 - 1]],
    ['number', number(2.7, { min: 0 }), 2.7, [0, 0.5, 1e300]],
    ['boolean', boolean(true), true, [true, false]],
    ['boolean without a default', boolean(undefined), undefined, [true, false]],
    ['choice', choice('auto', ['auto', true, false]), 'auto', ['auto', true, false]],
    ['choices', choices(['a'], ['a', 'b']), ['a'], [[], ['b', 'a']]],
    ['list', digits, ['0'], [[], ['1', '2']]],
    ['callback', callback({ expected: 'a function' }), undefined, [Math.max]],
  ])('%s: takes valid values, and has a default', (_, option, byDefault, fitting) => {
    expect(option.resolve(undefined, 'a.b')).toEqual(byDefault);
    expect(fitting.map((given) => option.resolve(given, 'a.b'))).toEqual(fitting);
  });

  it.each<[Option<unknown>, unknown, string, string]>([
    [integer(1, { min: 1 }), 0, 'a.b', 'a whole number, 1 or more, got number 0.'],
    [integer(1, { min: 1, max: 9 }), 10, 'a.b', 'a whole number, from 1 to 9, got number 10.'],
    [integer(1, { min: 1 }), 1.5, 'a.b', 'a whole number, 1 or more, got number 1.5.'],
    [integer(1, { min: 1 }), '5', 'a.b', 'a whole number, 1 or more, got a string.'],
    [integer(1, { min: 1 }), null, 'a.b', 'a whole number, 1 or more, got null.'],
    [integer(undefined, { min: 1 }), NaN, 'a.b', 'a whole number, 1 or more, got number NaN.'],
    [number(1, { min: 0, max: 1 }), 2, 'a.b', 'a number, from 0 to 1, got number 2.'],
    [number(1, { min: 0 }), Infinity, 'a.b', 'a number, 0 or more, got number Infinity.'],
    [boolean(true), 'yes', 'a.b', 'true or false, got a string.'],
    [choice('x', ['x', 'y', false]), 'z', 'a.b', "'x', 'y' or false, got a string."],
    [choices(['x'], ['x', 'y']), 'x', 'a.b', "an array of 'x' and 'y', got a string."],
    [choices(['x'], ['x', 'y']), ['x', 'z'], 'a.b[1]', "'x' or 'y', got a string."],
    [digits, {}, 'a.b', 'an array of digits, got an object.'],
    [digits, ['1', 2], 'a.b[1]', 'a digit, got number 2.'],
    [digits, Array(1), 'a.b[0]', 'a digit, got undefined.'],
    [callback({ expected: 'a function' }), {}, 'a.b', 'a function, got an object.'],
  ])('refuses invalid values, by name and kind: %#', (option, given, name, problem) => {
    const resolving = () => option.resolve(given, 'a.b');
    expect(resolving).toThrow(expect.any(ConfigurationError) as Error);
    expect(resolving).toThrow(expect.objectContaining({ option: name }) as Error);
    expect(resolving).toThrow(`Expected \`${name}\` to be ${problem} ${CURE}`);
  });

  it('say the cure of an option that has its own', () => {
    const isText = (value: unknown): value is string => typeof value === 'string';
    const text = accepted('a', { expected: 'a text', accepts: isText, cure: 'Write one.' });
    expect(() => text.resolve(5, 'a.b')).toThrow(/got number 5\. Write one\.$/);
  });

  it('let a required option decide about a missing value', () => {
    const name = required<string>((given, option) => `${option}: ${String(given)}`);
    expect(name.isRequired).toBe(true);
    expect(name.resolve(undefined, 'a.b')).toBe('a.b: undefined');
  });
});
