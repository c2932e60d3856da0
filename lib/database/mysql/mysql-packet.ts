import { PacketTooLargeError } from './packet-too-large.error.js';

/** How many bytes each value takes in the packet beside its own, at most. */
const BYTES_BESIDE_VALUE = 16;

/**
 * Makes sure that a statement fits into a packet: the server answers a larger one by closing the connection,
 * or not at all.
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
