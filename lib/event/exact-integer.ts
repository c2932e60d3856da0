import { jsonSlices } from './json-slices.js';

/** From so many digits on a number may be beyond 2^53. */
const MIN_DIGITS = 16;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const INTEGER = /^-?\d+$/;

/**
 * Whether a number that was read from JSON is an integer beyond 2^53, which was rounded: other digits may
 * stand in the text.
 *
 * @internal
 */
export function isRounded(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
}

/**
 * The digits of an integer, as they stand in JSON.
 *
 * @param path dotted path to it
 * @returns `undefined` where something else is there
 * @internal
 */
export function integerAt(json: Buffer, path: string): string | undefined {
  const text = jsonSlices(json, [path])[0]?.toString('latin1');
  return text !== undefined && INTEGER.test(text) ? text : undefined;
}

/**
 * The digits of the integer in JSON that was read as this number, wherever it stands.
 *
 * @returns `undefined` without such an integer, and where several are read as the same number
 * @internal
 */
export function integerReadAs(json: Buffer, value: number): string | undefined {
  const found = new Set<string>();
  for (const token of longIntegers(json)) if (Number(token) === value) found.add(token);
  return found.size === 1 ? [...found][0] : undefined;
}

/** Integers of 16 digits or more, outside of strings. By hand: a regular expression overflows its stack on long strings. */
function* longIntegers(json: Buffer): Iterable<string> {
  const { length } = json;
  for (let at = 0; at < length; at++) {
    if (json[at] === QUOTE) {
      for (at++; at < length && json[at] !== QUOTE; at++) if (json[at] === BACKSLASH) at++;
    } else if (isNumeric(json[at])) {
      const start = at;
      while (at < length && isNumeric(json[at])) at++;
      const text = at - start < MIN_DIGITS ? '' : json.toString('latin1', start, at);
      at--;
      if (INTEGER.test(text)) yield text;
    }
  }
}

/** Digits, and what else a number is made of: a fraction or an exponent makes it something else than an integer. */
function isNumeric(byte = 0): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) || // 0 to 9
    byte === 0x2b || // +
    byte === 0x2d || // -
    byte === 0x2e || // .
    byte === 0x45 || // E
    byte === 0x65 // e
  );
}
