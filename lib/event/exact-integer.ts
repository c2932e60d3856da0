import { jsonSlices } from './json-slices.js';

/** Strings, which are passed over, and numbers of 16 digits or more; a fraction or exponent goes with them. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?:[.eE][\d.eE+-]*)?/gs;

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
 * @returns `undefined` where there is none, or where several are read as the same number
 * @internal
 */
export function integerReadAs(json: Buffer, value: number): string | undefined {
  const found = new Set(
    (json.toString('latin1').match(TOKENS) ?? []).filter(
      (token) => INTEGER.test(token) && Number(token) === value,
    ),
  );
  return found.size === 1 ? [...found][0] : undefined;
}
