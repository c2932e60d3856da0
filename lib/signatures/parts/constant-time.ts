import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Compares in a time that does not tell how many bytes are equal: it compares digests of the same length.
 *
 * @param given bytes of the request, of any length
 * @param expected the bytes that they must equal
 * @publicApi
 */
export function areSameBytes(given: Uint8Array, expected: Uint8Array): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

/**
 * {@link areSameBytes} for texts, such as a token in a body. Two empty texts are not the same: they prove
 * nothing.
 *
 * @param given a value of the request; it may be anything
 * @param expected the text that it must equal
 * @publicApi
 */
export function areSameTexts(given: unknown, expected: string): boolean {
  // All lone surrogates would become the same bytes.
  if (typeof given !== 'string' || expected === '' || !given.isWellFormed()) return false;
  return areSameBytes(Buffer.from(given, 'utf8'), Buffer.from(expected, 'utf8'));
}

function digest(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
