const LOWER_HEX = /^[0-9a-f]+$/;

/**
 * Decodes lower-case hexadecimal.
 *
 * @param byteLength of the decoded bytes @default any but 0
 * @returns `undefined` for any other text
 * @internal
 */
export function decodeHex(
  text: string,
  byteLength = Math.floor(text.length / 2),
): Buffer | undefined {
  // The length first: it bounds the work of the expression.
  return text.length === byteLength * 2 && LOWER_HEX.test(text)
    ? Buffer.from(text, 'hex')
    : undefined;
}

/**
 * Decodes base64 or base64url exactly as an encoder writes it. Missing or extra padding, another alphabet and
 * stray bits are refused: they would make another text of the same bytes.
 *
 * @param byteLength of the decoded bytes @default any but 0
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
