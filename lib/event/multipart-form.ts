import { type Charset, charsetOf, decodeText } from './charset.js';
import type { FormFields } from './form-fields.js';
import { addField, emptyFields } from './form-fields.js';
import { MalformedPayloadError } from './malformed-payload.error.js';
import { parseMediaType } from './media-type.js';
import { UnsupportedCharsetError } from './unsupported-charset.error.js';

/** More than any form has, and few enough to cost little. */
const MAX_PARTS = 1_000;
const MAX_PART_HEADERS = 8_192;

const LINE = Buffer.from('\r\n');
const END_OF_HEADERS = Buffer.from('\r\n\r\n');
const DASHES = Buffer.from('--');
const DASH = 0x2d;
const BLANKS: ReadonlySet<number | undefined> = new Set([0x20, 0x09]);

interface PartHeaders {
  readonly name: string;
  readonly fileName: string | undefined;
  readonly type: string | undefined;
}

/**
 * Reads a `multipart/form-data` body: fields as text, files with name, type, size and bytes, which are
 * the body's own memory. The whole body is there already, so it is read in one go, and not as a stream.
 *
 * @throws {MalformedPayloadError} when it is not one, or has too many parts
 * @throws {UnsupportedCharsetError} when a field is in a character set that the platform cannot decode
 * @internal
 */
export function parseMultipartForm(body: Buffer, boundary: string): FormFields {
  const fields = emptyFields();
  for (const part of partsOf(body, boundary)) {
    addPart(fields, readHeaders(part.headers.toString('utf8')), part.bytes);
  }
  return fields;
}

/** Longest of the parts that are read, with their headers; longer ones are passed over. */
const LONGEST_READ = 1_024;

/**
 * The texts of some fields of a form from an untrusted sender, in linear time. The other parts are
 * not read.
 *
 * @param names names of fields that need no escape
 * @returns `undefined` if the part that was read is not such a form
 * @internal
 */
export function multipartOutline(
  body: Buffer,
  boundary: string,
  names: readonly string[],
): FormFields | undefined {
  const fields = emptyFields();
  const named = new RegExp(`name="?(?:${names.join('|')})"?(?![^;\\s])`);
  try {
    for (const { headers, bytes } of partsOf(body, boundary)) {
      if (headers.length + bytes.length > LONGEST_READ) continue;
      const text = headers.toString('utf8');
      if (!named.test(text)) continue;
      const read = readHeaders(text);
      if (!names.includes(read.name)) continue;
      addPart(fields, read, bytes);
      // A genuine sender repeats no field, and a forged form could have many.
      if (Array.isArray(fields[read.name])) break;
    }
  } catch (error) {
    if (error instanceof MalformedPayloadError || error instanceof UnsupportedCharsetError) {
      return undefined;
    }
    throw error;
  }
  return fields;
}

interface Part {
  readonly headers: Buffer;
  readonly bytes: Buffer;
}

function* partsOf(body: Buffer, boundary: string): Generator<Part, void> {
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  let at = firstDelimiter(body, delimiter);
  for (let parts = 0; !isLast(body, at); parts++) {
    if (parts === MAX_PARTS) throw malformed(`it has more than ${MAX_PARTS} parts`);
    const start = afterLine(body, at);
    // A part without headers starts with the empty line that ends them.
    const end = body.indexOf(END_OF_HEADERS, start - LINE.length);
    if (end < 0) throw malformed('a part has no end of its headers');
    if (end - start > MAX_PART_HEADERS) {
      throw malformed(`a part has more than ${MAX_PART_HEADERS} bytes of headers`);
    }
    const content = end + END_OF_HEADERS.length;
    // The line break before the delimiter may be the one that ends the headers: the part is empty.
    const next = body.indexOf(delimiter, content - LINE.length);
    if (next < 0) throw malformed('its last part has no end');
    yield {
      headers: body.subarray(start, end),
      bytes: body.subarray(content, Math.max(next, content)),
    };
    at = next + delimiter.length;
  }
}

/** Behind the first delimiter; readers ignore what stands before it. */
function firstDelimiter(body: Buffer, delimiter: Buffer): number {
  const atStart = delimiter.subarray(LINE.length);
  if (body.subarray(0, atStart.length).equals(atStart)) return atStart.length;
  const found = body.indexOf(delimiter);
  if (found < 0) throw malformed('its boundary is not in it');
  return found + delimiter.length;
}

function isLast(body: Buffer, at: number): boolean {
  return body.subarray(at, at + DASHES.length).equals(DASHES);
}

/** Where the line of a delimiter ends; senders may pad it with blanks. */
function afterLine(body: Buffer, at: number): number {
  let end = at;
  while (BLANKS.has(body[end])) end += 1;
  if (body[end] === DASH || !body.subarray(end, end + LINE.length).equals(LINE)) {
    throw malformed('text follows its boundary');
  }
  return end + LINE.length;
}

function addPart(fields: FormFields, { name, fileName, type }: PartHeaders, bytes: Buffer): void {
  if (fileName !== undefined) {
    const file = { name: fileName, type: type ?? 'text/plain', size: bytes.length, bytes };
    addField(fields, name, file);
    return;
  }
  const charset: Charset | null = charsetOf(parseMediaType(type).charset);
  if (charset === null) throw new UnsupportedCharsetError();
  addField(fields, name, decodeText(bytes, charset));
}

function readHeaders(text: string): PartHeaders {
  let disposition: string | undefined;
  let type: string | undefined;
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    const header = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    if (header === 'content-disposition') disposition = line.slice(colon + 1).trim();
    if (header === 'content-type') type = line.slice(colon + 1).trim();
  }
  const parameters = disposition === undefined ? undefined : dispositionParameters(disposition);
  const name = parameters?.get('name');
  if (parameters === undefined || name === undefined) throw malformed('a part has no name');
  return { name, fileName: parameters.get('filename*') ?? parameters.get('filename'), type };
}

const PARAMETER = /;\s*([\w-]+\*?)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))/g;

function dispositionParameters(disposition: string): ReadonlyMap<string, string> | undefined {
  if (!/^form-data\s*(?:;|$)/i.test(disposition)) return undefined;
  const parameters = new Map<string, string>();
  for (const [, key = '', quoted, bare = ''] of disposition.matchAll(PARAMETER)) {
    const name = key.toLowerCase();
    if (parameters.has(name)) continue;
    if (!name.endsWith('*')) parameters.set(name, quoted === undefined ? bare : unescaped(quoted));
    else {
      const extended = decodeExtended(bare);
      if (extended !== undefined) parameters.set(name, extended);
    }
  }
  return parameters;
}

/** Browsers write these three as in a URL; others escape quotation marks. Backslashes of paths stay. */
function unescaped(quoted: string): string {
  return quoted
    .replaceAll('\\"', '"')
    .replaceAll(/%(?:22|0d|0a)/gi, (escape) => decodeURIComponent(escape));
}

/** `UTF-8''na%C3%AFve.txt`, as RFC 8187 has it. */
function decodeExtended(value: string): string | undefined {
  const [charset, , text] = value.split("'", 3);
  if (charset?.toLowerCase() !== 'utf-8' || text === undefined) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function malformed(detail: string): MalformedPayloadError {
  return new MalformedPayloadError(`the body is not a multipart form: ${detail}`);
}
