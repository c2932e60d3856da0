/** How bytes become text. */
export interface TextDecoding {
  readonly encoding: string;
  decode(bytes: Uint8Array): string;
}

/** A character set; `undefined` where it is UTF-8, which Node.js decodes itself. */
export type Charset = TextDecoding | undefined;

/**
 * The character set of that name, as the platform knows it.
 *
 * @returns `null` where the platform cannot decode it
 * @internal
 */
export function charsetOf(label: string | undefined): Charset | null {
  if (label === undefined) return undefined;
  try {
    const decoder = new TextDecoder(label.trim());
    return decoder.encoding === 'utf-8' ? undefined : decoder;
  } catch {
    return null;
  }
}

/**
 * Bytes as text. What is not valid becomes U+FFFD.
 *
 * @internal
 */
export function decodeText(bytes: Buffer, charset: Charset): string {
  return charset === undefined ? bytes.toString('utf8') : charset.decode(bytes);
}
