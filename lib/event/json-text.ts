import { isUtf8 } from 'node:buffer';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;

/** What stands behind a backslash for which byte; 0 for what does not. */
const ESCAPES = new Uint8Array(256);
for (const [letter, char] of Object.entries({
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
})) {
  ESCAPES[letter.charCodeAt(0)] = char.charCodeAt(0);
}

/**
 * The UTF-8 bytes of a string in JSON, without making a text of it.
 *
 * @param string as it stands there, with its quotes
 * @returns `undefined` for what is not a string, and for one that is not well-formed
 * @internal
 */
export function jsonTextBytes(string: Buffer): Buffer | undefined {
  const last = string.length - 1;
  if (last < 1 || string[0] !== QUOTE || string[last] !== QUOTE || !isUtf8(string))
    return undefined;
  const inner = string.subarray(1, last);
  return inner.includes(BACKSLASH) ? unescaped(inner) : inner;
}

function unescaped(text: Buffer): Buffer | undefined {
  const bytes = Buffer.allocUnsafe(text.length);
  const { length } = text;
  let end = 0;
  for (let at = 0; at < length; at++) {
    const byte = text[at] ?? 0;
    if (byte !== BACKSLASH) {
      bytes[end++] = byte;
      continue;
    }
    const escape = text[++at] ?? 0;
    if (escape !== LETTER_U) {
      const char = ESCAPES[escape] ?? 0;
      if (char === 0) return undefined;
      bytes[end++] = char;
      continue;
    }
    let code = hexAt(text, at + 1);
    at += 4;
    if (
      code >= 0xd800 &&
      code < 0xdc00 &&
      text[at + 1] === BACKSLASH &&
      text[at + 2] === LETTER_U
    ) {
      const low = hexAt(text, at + 3);
      if (low < 0xdc00 || low > 0xdfff) return undefined;
      code = 0x10000 + (code - 0xd800) * 0x400 + (low - 0xdc00);
      at += 6;
    }
    if (code < 0 || (code >= 0xd800 && code < 0xe000)) return undefined;
    end = writeCodePoint(bytes, end, code);
  }
  return bytes.subarray(0, end);
}

/** Four hexadecimal digits; -1 for anything else. */
function hexAt(text: Buffer, start: number): number {
  let code = 0;
  for (let at = start; at < start + 4; at++) {
    const byte = text[at] ?? 0;
    const digit =
      byte >= 0x30 && byte <= 0x39
        ? byte - 0x30
        : (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66
          ? (byte | 0x20) - 0x57
          : -1;
    if (digit < 0) return -1;
    code = code * 16 + digit;
  }
  return code;
}

/** Never more bytes than its escape has. */
function writeCodePoint(bytes: Buffer, at: number, code: number): number {
  if (code < 0x80) {
    bytes[at] = code;
    return at + 1;
  }
  let end = at;
  if (code < 0x800) bytes[end++] = 0xc0 | (code >> 6);
  else {
    if (code < 0x10000) bytes[end++] = 0xe0 | (code >> 12);
    else {
      bytes[end++] = 0xf0 | (code >> 18);
      bytes[end++] = 0x80 | ((code >> 12) & 0x3f);
    }
    bytes[end++] = 0x80 | ((code >> 6) & 0x3f);
  }
  bytes[end++] = 0x80 | (code & 0x3f);
  return end;
}
