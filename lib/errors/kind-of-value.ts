/**
 * For messages: the kind of a value that somebody gave at run time. Never the value itself: it may be an address,
 * a secret, or what a stranger wrote.
 *
 * @internal
 */
export function kindOfValue(value: unknown): string {
  if (value === '') return 'an empty string';
  if (value === null || value === undefined) return String(value);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return 'bytes';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
