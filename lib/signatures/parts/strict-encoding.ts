const LOWER_HEX = /^[0-9a-f]+$/;

/**
 * Decodes lower-case hexadecimal of a fixed length.
 *
 * @returns `undefined` for any other text
 * @internal
 */
export function decodeHex(text: string, byteLength: number): Buffer | undefined {
  return text.length === byteLength * 2 && LOWER_HEX.test(text)
    ? Buffer.from(text, 'hex')
    : undefined;
}

/**
 * Decodes base64 or base64url as an encoder writes it: padding missing or too much, another alphabet
 * and bits that do not count make another text of the same bytes, and are refused.
 *
 * @returns `undefined` for any other text, and for an empty one
 * @internal
 */
export function decodeBase64(
  text: string,
  encoding: 'base64' | 'base64url' = 'base64',
): Buffer | undefined {
  if (text === '') return undefined;
  const bytes = Buffer.from(text, encoding);
  return bytes.toString(encoding) === text ? bytes : undefined;
}
