import { ConfigurationError } from '../errors/configuration.error.js';
import { boolean, choice, integer, required } from './option.kinds.js';
import { optionGroup, type OptionsOf, type ResolvedOf } from './option.group.js';

const INNER = optionGroup('outer.inner', { size: integer(3, { min: 1 }) });

interface InnerOptions extends OptionsOf<typeof INNER> {}

const OUTER = optionGroup('outer', {
  enabled: boolean(true),
  mode: choice('a', ['a', 'b']),
  limit: integer(undefined, { min: 1 }),
  inner: INNER.as<InnerOptions>(),
});

const NAMED = optionGroup(
  'named',
  {
    name: required<string>((given, option) => {
      if (typeof given === 'string') return given;
      throw ConfigurationError.invalidOption(option, 'a text', given, 'Write one.');
    }),
    least: integer(1, { min: 0 }),
    most: integer(5, { min: 0 }),
  },
  (options, name) => {
    if (options.least <= options.most) return { ...options, range: options.most - options.least };
    throw ConfigurationError.because(`${name}.least`, 'It is above `most`.', 'Lower it.');
  },
);

const refusalOf = (option: string): Error => expect.objectContaining({ option }) as Error;

describe(optionGroup.name, () => {
  it('fills in the defaults of all options, nested ones too', () => {
    const defaults = { enabled: true, mode: 'a', limit: undefined, inner: { size: 3 } };
    expect(OUTER.defaults).toEqual(defaults);
    expect(OUTER.resolve(undefined)).toEqual(defaults);
    expect(OUTER.resolve({ enabled: undefined, inner: {} })).toEqual(defaults);
  });

  it('keeps the values that the host sets', () => {
    const given: OptionsOf<typeof OUTER> = { enabled: false, limit: 2, inner: { size: 4 } };
    const resolved: ResolvedOf<typeof OUTER> = OUTER.resolve(given);
    expect(resolved).toEqual({ enabled: false, mode: 'a', limit: 2, inner: { size: 4 } });
  });

  it.each<[string, unknown]>([
    ['outer', null],
    ['outer', []],
    ['outer', 'yes'],
    ['outer.enabled', { enabled: null }],
    ['outer.retries', { retries: 3 }],
    ['outer.inner', { inner: 5 }],
    ['outer.inner.size', { inner: { size: 0 } }],
    ['outer.inner.sizes', { inner: { sizes: 1 } }],
    ['outer.toString', { toString: 1 }],
  ])('names %s for %j', (option, given) => {
    expect(() => OUTER.resolve(given)).toThrow(refusalOf(option));
  });

  it('lists the options for an unknown one', () => {
    expect(() => OUTER.resolve({ retries: 3 })).toThrow(
      'There is no option `outer.retries`. There are: enabled, mode, limit, inner.',
    );
  });

  it('takes another name for messages, for a group that is used in several places', () => {
    expect(() => OUTER.resolve({ limit: 0 }, 'here')).toThrow(refusalOf('here.limit'));
    expect(() => OUTER.resolve({ inner: { size: 0 } }, 'here')).toThrow(
      refusalOf('here.inner.size'),
    );
  });

  it('names options of the module itself without a group', () => {
    const root = optionGroup('', { inner: INNER });
    expect(() => root.resolve({ outer: 1 })).toThrow('There is no option `outer`. There are:');
    expect(() => root.resolve({ inner: { size: 0 } })).toThrow(refusalOf('inner.size'));
  });

  it('completes the options together after checking each of them', () => {
    expect(NAMED.resolve({ name: 'a', least: 2 })).toMatchObject({ name: 'a', range: 3 });
    expect(() => NAMED.resolve({ name: 'a', least: 6 })).toThrow(refusalOf('named.least'));
    expect(() => NAMED.resolve({ name: 'a', least: -1 })).toThrow(refusalOf('named.least'));
  });

  it('refuses a missing required option', () => {
    expect(() => NAMED.resolve({})).toThrow(refusalOf('named.name'));
  });

  it('has a token of its own', () => {
    expect(OUTER.token.description).toBe('hookline:outer-options');
    expect(OUTER.token).not.toBe(INNER.token);
  });

  it('does not compile with wrong options', () => {
    const fitting: OptionsOf<typeof NAMED>[] = [
      { name: 'a' },
      // @ts-expect-error a required option is missing
      { most: 1 },
      // @ts-expect-error there is no such option
      { name: 'a', middle: 1 },
      // @ts-expect-error an option has another type
      { name: 'a', most: '1' },
    ];
    const choices: OptionsOf<typeof OUTER>[] = [
      { mode: 'b' },
      // @ts-expect-error the choice does not exist
      { mode: 'c' },
      // @ts-expect-error a nested group has no such option
      { inner: { length: 1 } },
    ];
    expect([fitting, choices].map(({ length }) => length)).toEqual([4, 3]);
  });
});
