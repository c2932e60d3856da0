import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Which key made one of the digests, by an HMAC over any of the contents; -1 where none did.
 *
 * @param digests of the length that the algorithm gives
 * @internal
 */
export function matchingKey(
  algorithm: 'sha1' | 'sha256',
  keys: readonly Uint8Array[],
  digests: readonly Buffer[],
  contents: readonly (string | Uint8Array)[],
): number {
  return keys.findIndex((key) =>
    contents.some((content) => {
      const expected = createHmac(algorithm, key).update(content).digest();
      return digests.some((digest) => timingSafeEqual(digest, expected));
    }),
  );
}
