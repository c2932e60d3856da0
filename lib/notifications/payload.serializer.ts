import { InvalidNotificationError } from './invalid-notification.error.js';

const CURE = 'It is stored as JSON until it is sent: give what it says instead.';

/**
 * The text that a payload is stored as. What JSON would silently lose is refused: an
 * e-mail with `{}` in place of a name would be noticed too late.
 *
 * @throws {InvalidNotificationError} that names the place
 * @internal
 */
export function serializePayload(payload: unknown): string {
  if (payload === undefined) {
    throw new InvalidNotificationError('payload', 'a value that JSON can hold', payload);
  }
  assertSurvives(payload, 'payload', []);
  return JSON.stringify(payload);
}

function assertSurvives(given: unknown, path: string, ancestors: readonly object[]): void {
  const refuse = (expected: string): never => {
    throw new InvalidNotificationError(path, expected, given, CURE);
  };
  // A Buffer has a JSON form, of four characters a byte and no use to any channel.
  if (ArrayBuffer.isView(given) || given instanceof ArrayBuffer) {
    return refuse("text (bytes as base64, with `encoding: 'base64'` in an attachment)");
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
    assertSurvives(child, place, [...ancestors, value]);
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
