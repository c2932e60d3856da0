import { ConfigurationError } from '../errors/configuration.error.js';
import type { Option, RequiredOption } from './option.js';

const CURE = 'Correct it, or leave it out for the default.';

/** Smallest and largest value of a number. */
interface Range {
  readonly min: number;
  readonly max?: number;
}

/** The values that an option accepts, in words and as a check. */
interface Accepted<Value> {
  /** The expectation in messages: `a function of the request`. */
  readonly expected: string;
  accepts(value: unknown): value is Value;
  /** What a host must do about another value. */
  readonly cure?: string | undefined;
}

/** The elements that a list accepts, in words and as a check. */
interface Elements<Element> {
  /** The expectation of one element in messages: `a port from 1 to 65535`. */
  readonly one: string;
  /** The expectation of all elements in messages: `ports from 1 to 65535`. */
  readonly many: string;
  accepts(value: unknown): value is Element;
  /** What a host must do about another value. */
  readonly cure?: string | undefined;
}

/** An option with a check of its own, which also turns `undefined` into the default. @internal */
export function checkedBy<Given, Resolved = Given>(
  resolve: (given: unknown, name: string) => Resolved,
): Option<Given, Resolved> {
  return { resolve };
}

/** An option that a host must set, with a check of its own. @internal */
export function required<Given, Resolved = Given>(
  resolve: (given: unknown, name: string) => Resolved,
): RequiredOption<Given, Resolved> {
  return { isRequired: true, resolve };
}

/** An option whose values a type guard accepts. @internal */
export function accepted<Value, Default>(
  byDefault: Default,
  { expected, accepts, cure = CURE }: Accepted<Value>,
): Option<Value, Value | Default> {
  return checkedBy((given, name) => {
    if (given === undefined) return byDefault;
    if (accepts(given)) return given;
    throw ConfigurationError.invalidOption(name, expected, given, cure);
  });
}

/** A whole number within a range. @internal */
export function integer<Default extends number | undefined>(
  byDefault: Default,
  range: Range,
): Option<number, number | Default> {
  return accepted(byDefault, {
    expected: `a whole number, ${rangeOf(range)}`,
    accepts: (value): value is number => Number.isSafeInteger(value) && isWithin(range, value),
  });
}

/** A number within a range. @internal */
export function number<Default extends number | undefined>(
  byDefault: Default,
  range: Range,
): Option<number, number | Default> {
  return accepted(byDefault, {
    expected: `a number, ${rangeOf(range)}`,
    accepts: (value): value is number => Number.isFinite(value) && isWithin(range, value),
  });
}

/** True or false. @internal */
export function boolean<Default extends boolean | undefined>(
  byDefault: Default,
  cure?: string,
): Option<boolean, boolean | Default> {
  return choice<boolean, Default>(byDefault, [true, false], cure);
}

/** One of some values. @internal */
export function choice<
  const Value extends string | boolean,
  const Default extends Value | undefined,
>(byDefault: Default, values: readonly Value[], cure = CURE): Option<Value, Value | Default> {
  return accepted(byDefault, {
    expected: enumerated(values, 'or'),
    accepts: (value): value is Value => values.some((one) => one === value),
    cure,
  });
}

/** A list of some values. @internal */
export function choices<const Value extends string>(
  byDefault: readonly NoInfer<Value>[],
  values: readonly Value[],
  cure = CURE,
): Option<readonly Value[]> {
  return list(byDefault, {
    one: enumerated(values, 'or'),
    many: enumerated(values, 'and'),
    accepts: (value): value is Value => values.some((one) => one === value),
    cure,
  });
}

/** A list whose elements a type guard accepts; messages name the first wrong one. @internal */
export function list<Element>(
  byDefault: readonly Element[],
  { one, many, accepts, cure = CURE }: Elements<Element>,
): Option<readonly Element[]> {
  return checkedBy((given, name) => {
    if (given === undefined) return byDefault;
    if (!Array.isArray(given)) {
      throw ConfigurationError.invalidOption(name, `an array of ${many}`, given, cure);
    }
    const wrong = given.findIndex((element) => !accepts(element));
    if (wrong === -1) return given;
    throw ConfigurationError.invalidOption(`${name}[${wrong}]`, one, given[wrong], cure);
  });
}

/** A function, without a default. @internal */
export function callback<Callback>({
  expected,
  cure,
}: Pick<Accepted<Callback>, 'expected' | 'cure'>): Option<Callback, Callback | undefined> {
  const accepts = (value: unknown): value is Callback => typeof value === 'function';
  return accepted(undefined, { expected, accepts, cure });
}

function isWithin({ min, max }: Range, value: unknown): boolean {
  return Number(value) >= min && Number(value) <= (max ?? Infinity);
}

function rangeOf({ min, max }: Range): string {
  return max === undefined ? `${min} or more` : `from ${min} to ${max}`;
}

/** Such as `'a', 'b' or 'c'`. */
function enumerated(values: readonly (string | boolean)[], conjunction: 'and' | 'or'): string {
  const words = values.map((value) => (typeof value === 'string' ? `'${value}'` : String(value)));
  const last = words.at(-1) ?? '';
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} ${conjunction} ${last}` : last;
}
