import { PacketTooLargeError } from './packet-too-large.error.js';

/** What a statement takes in its packet beside the bytes of its values, at most, for each value. */
const BYTES_BESIDE_VALUE = 16;

/**
 * Makes sure that the server takes a statement: one that is too large it answers by closing the connection, or
 * not at all.
 *
 * @param limit the server's `max_allowed_packet`, in bytes
 * @throws {PacketTooLargeError}
 * @internal
 */
export function assertFits(sql: string, parameters: readonly unknown[], limit: number): void {
  const values = parameters.reduce<number>(
    (sum, value) =>
      sum + BYTES_BESIDE_VALUE + (typeof value === 'string' ? Buffer.byteLength(value) : 0),
    0,
  );
  const bytes = Buffer.byteLength(sql) + values;
  if (bytes > limit) throw new PacketTooLargeError(bytes, limit);
}
