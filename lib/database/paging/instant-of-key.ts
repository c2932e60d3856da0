/**
 * When a UUID of version 7 was made.
 *
 * @returns milliseconds since the epoch
 * @internal
 */
export function instantOfKey(key: string): number {
  return Number.parseInt(key.slice(0, 8) + key.slice(9, 13), 16);
}
