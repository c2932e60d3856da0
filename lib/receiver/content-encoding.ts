/**
 * Undoes nothing: what senders say that mean a character set, another protocol's encoding, or none.
 */
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
  // Of AWS services, which sign their JSON so.
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

const NONE: readonly string[] = [];
