/** Makes the error for a value that JSON cannot hold. */
export interface Refusal {
  /**
   * @param place where the value is, such as `payload.user.name`
   * @param expected what it has to be
   * @param given the value
   */
  (place: string, expected: string, given: unknown): Error;
}

/**
 * The JSON text that a value is stored as. What JSON would silently lose is refused: an e-mail with `{}` in place
 * of a name would be noticed too late.
 *
 * @param name what messages call the value
 * @param refusal makes the error
 * @throws what `refusal` makes
 * @internal
 */
export function storableJson(value: unknown, name: string, refusal: Refusal): string {
  if (value === undefined) throw refusal(name, 'a value that JSON can hold', value);
  assertSurvives(value, name, [], refusal);
  return JSON.stringify(value);
}

function assertSurvives(
  given: unknown,
  path: string,
  ancestors: readonly object[],
  refusal: Refusal,
): void {
  const refuse = (expected: string): never => {
    throw refusal(path, expected, given);
  };
  // A Buffer has a JSON form, of four characters a byte and no use to anybody.
  if (ArrayBuffer.isView(given) || given instanceof ArrayBuffer) {
    return refuse('text (bytes as base64)');
  }
  const value = toJson(given);
  switch (typeof value) {
    case 'function':
    case 'symbol':
    case 'bigint':
      return refuse('a value that JSON can hold');
    case 'number':
      return Number.isFinite(value) ? undefined : refuse('a finite number');
    case 'object':
      break;
    default:
      return;
  }
  if (value === null) return;
  if (ancestors.includes(value)) return refuse('free of references to itself');
  if ('pipe' in value && typeof value.pipe === 'function') return refuse('text, not a stream');
  const entries = Object.entries(value);
  if (entries.length === 0 && !isPlain(value)) {
    return refuse('plain data (and not a Map, a Set, a Promise, ...)');
  }
  for (const [key, child] of entries) {
    const place = Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`;
    assertSurvives(child, place, [...ancestors, value], refusal);
  }
}

function toJson(value: unknown): unknown {
  const hasJson = typeof value === 'object' && value !== null && 'toJSON' in value;
  return hasJson && typeof value.toJSON === 'function' ? value.toJSON() : value;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === null || prototype === Object.prototype;
}
