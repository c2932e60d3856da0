const NONE: readonly string[] = [];

/** Values that need no decoding: some senders name a character set, or an encoding of another protocol. */
const HARMLESS: ReadonlySet<string> = new Set([
  '',
  'identity',
  'none',
  'utf-8',
  'utf8',
  'us-ascii',
  'ascii',
  'iso-8859-1',
  '7bit',
  '8bit',
  'binary',
  // What AWS services say of their JSON.
  'amz-1.0',
]);

/**
 * The content encodings that have to be undone, in lower case.
 *
 * @param header as Node.js gives it, several headers joined
 * @internal
 */
export function contentEncodings(header: string | undefined): readonly string[] {
  if (header === undefined) return NONE;
  return header
    .toLowerCase()
    .split(',')
    .map((encoding) => encoding.trim())
    .filter((encoding) => !HARMLESS.has(encoding));
}
