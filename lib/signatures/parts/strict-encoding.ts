const LOWER_HEX = /^[0-9a-f]+$/;

/**
 * Decodes lower-case hexadecimal.
 *
 * @param byteLength of what is written; any but 0 where it is left out
 * @returns `undefined` for any other text
 * @internal
 */
export function decodeHex(
  text: string,
  byteLength = Math.floor(text.length / 2),
): Buffer | undefined {
  // The length first: the expression is then bounded, and nothing is decoded in vain.
  return text.length === byteLength * 2 && LOWER_HEX.test(text)
    ? Buffer.from(text, 'hex')
    : undefined;
}

/**
 * Decodes base64 or base64url as an encoder writes it: padding missing or too much, another alphabet
 * and bits that do not count make another text of the same bytes, and are refused.
 *
 * @param byteLength of what is written; any but 0 where it is left out
 * @returns `undefined` for any other text
 * @internal
 */
export function decodeBase64(
  text: string,
  encoding: 'base64' | 'base64url' = 'base64',
  byteLength?: number,
): Buffer | undefined {
  if (text === '') return undefined;
  const bytes = Buffer.from(text, encoding);
  if (byteLength !== undefined && bytes.length !== byteLength) return undefined;
  return bytes.toString(encoding) === text ? bytes : undefined;
}
