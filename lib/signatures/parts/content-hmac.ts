import { createHmac, timingSafeEqual } from 'node:crypto';

/** Bytes or text to sign; a list holds consecutive pieces. */
export type Content = string | Uint8Array | readonly (string | Uint8Array)[];

/**
 * The HMAC of a content, as bytes.
 *
 * @internal
 */
export function contentHmac(
  algorithm: 'sha1' | 'sha256',
  key: Uint8Array,
  content: Content,
): Buffer {
  const hmac = createHmac(algorithm, key);
  for (const piece of piecesOf(content)) hmac.update(piece);
  return hmac.digest();
}

/**
 * Which key made one of the digests, by an HMAC over any of the contents; -1 if none did.
 *
 * @param digests as long as those of the algorithm
 * @internal
 */
export function matchingKey(
  algorithm: 'sha1' | 'sha256',
  keys: readonly Uint8Array[],
  digests: readonly Buffer[],
  contents: readonly Content[],
): number {
  return keys.findIndex((key) =>
    contents.some((content) => isOneOf(digests, contentHmac(algorithm, key, content))),
  );
}

/**
 * Whether one of the digests is the expected one, compared in constant time.
 *
 * @param digests as long as the expected one
 * @internal
 */
export function isOneOf(digests: readonly Buffer[], expected: Buffer): boolean {
  return digests.some((digest) => timingSafeEqual(digest, expected));
}

function piecesOf(content: Content): readonly (string | Uint8Array)[] {
  return typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
}
