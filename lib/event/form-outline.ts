const AMPERSAND = 0x26;
const EQUALS = 0x3d;
const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;

/** Most fields: senders that sign them have a few dozen. */
const MOST_FIELDS = 1_000;

/** The fields of a form by their names; a list for one that is repeated. */
export type FormOutline = Readonly<Record<string, string | string[]>>;

/**
 * Reads a form (`application/x-www-form-urlencoded`) that may be anybody's, as `URLSearchParams` does, in a
 * time that nobody can make long.
 *
 * @param longest most bytes
 * @param names the fields that are read, where not all are: written without escapes
 * @returns `undefined` where there are more bytes, or more than 1,000 fields
 * @internal
 */
export function formOutline(
  form: Uint8Array,
  longest: number,
  names?: readonly string[],
): FormOutline | undefined {
  if (form.length > longest) return undefined;
  const bytes = Buffer.from(form.buffer, form.byteOffset, form.byteLength);
  const fields = Object.create(null) as Record<string, string | string[]>;
  for (let start = 0, parts = 0; start < bytes.length; parts++) {
    if (parts >= MOST_FIELDS) return undefined;
    const found = bytes.indexOf(AMPERSAND, start);
    const part = bytes.subarray(start, found < 0 ? bytes.length : found);
    start += part.length + 1;
    if (part.length > 0 && (names === undefined || isOneOf(names, part))) add(fields, part);
  }
  return fields;
}

/** So long a value is none of theirs: it is not decoded. */
const LONGEST_NAMED = 16_384;

function isOneOf(names: readonly string[], part: Buffer): boolean {
  if (part.length > LONGEST_NAMED) return false;
  const equals = part.indexOf(EQUALS);
  return names.includes(part.toString('latin1', 0, equals < 0 ? part.length : equals));
}

function add(fields: Record<string, string | string[]>, part: Buffer): void {
  const equals = part.indexOf(EQUALS);
  const name = decode(equals < 0 ? part : part.subarray(0, equals));
  const value = equals < 0 ? '' : decode(part.subarray(equals + 1));
  const before = fields[name];
  if (before === undefined) fields[name] = value;
  else if (Array.isArray(before)) before.push(value);
  else fields[name] = [before, value];
}

function decode(text: Buffer): string {
  if (!text.includes(PERCENT) && !text.includes(PLUS)) return text.toString('utf8');
  const bytes = Buffer.allocUnsafe(text.length);
  const { length } = text;
  let end = 0;
  for (let at = 0; at < length; at++) {
    let byte = text[at] ?? 0;
    if (byte === PLUS) byte = SPACE;
    else if (byte === PERCENT && at + 2 < length) {
      const code = escapeAt(text, at);
      // What is no escape stands for itself.
      if (code >= 0) {
        byte = code;
        at += 2;
      }
    }
    bytes[end++] = byte;
  }
  return bytes.toString('utf8', 0, end);
}

function escapeAt(text: Buffer, at: number): number {
  return (HEX[text[at + 1] ?? 0] ?? -1) * 16 + (HEX[text[at + 2] ?? 0] ?? -1);
}

/** Values of hexadecimal digits; so far below 0 for what is none that no other digit makes up for it. */
const HEX = Int16Array.from({ length: 256 }, (_, byte) => {
  const digit = Number.parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(digit) ? -256 : digit;
});
