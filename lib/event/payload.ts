import { isUtf8 } from 'node:buffer';
import { type Charset, charsetOf, decodeText } from './charset.js';
import type { FormFields } from './form-fields.js';
import { parseJson } from './json-payload.js';
import { MalformedPayloadError } from './malformed-payload.error.js';
import { type MediaType, MULTIPART_FORM, parseMediaType, URL_ENCODED_FORM } from './media-type.js';
import { parseMultipartForm } from './multipart-form.js';
import type { PayloadFormat } from './payload-format.js';
import { UnsupportedCharsetError } from './unsupported-charset.error.js';
import { parseUrlEncodedForm } from './url-encoded-form.js';
import { valueAtKeys } from './value-at.js';

/**
 * What came of reading a body: its parsed payload, or why it cannot be parsed.
 *
 * @publicApi
 */
export type PayloadReading =
  | {
      readonly ok: true;
      readonly format: PayloadFormat;
      readonly payload: unknown;
      /** The form field that holds the payload as JSON, where the format is `formjson`. */
      readonly field?: string;
      /** The content type, where the body cannot be read without its character set or boundary. */
      readonly contentType?: string;
    }
  | {
      readonly ok: false;
      readonly format: PayloadFormat;
      /** For a log; it quotes nothing of the body. */
      readonly reason: string;
      /** The platform cannot decode its character set: the answer is 415, not 400. */
      readonly unsupported?: true;
    };

/** A body that was read before, and where in it the event's data is. */
export interface StoredPayload {
  readonly format: PayloadFormat;
  /** As {@link PayloadReading} gave it. */
  readonly contentType: string | null;
  /** Of dotted keys; in a `formjson` body, the first is the field. */
  readonly dataPath: string;
}

/** A notification may be all in its headers, whatever its content type says. */
const EMPTY: PayloadReading = { ok: true, format: 'text', payload: '' };

/**
 * Reads a body by its content type, and by its first bytes where that says nothing: many senders post JSON
 * under another content type, or under none.
 *
 * @param jsonField the form field in which the sender may put its JSON
 * @internal
 */
export function readPayload(
  contentType: string | undefined,
  body: Uint8Array,
  jsonField?: string,
): PayloadReading {
  const bytes = asBuffer(body);
  // As most senders write it; the rest costs more.
  if (contentType === 'application/json' && bytes.length > 0) return readJson(bytes);
  const type = parseMediaType(contentType);
  const charset = type.charset === 'binary' ? undefined : charsetOf(type.charset);
  if (charset === null) return unread(formatOf(type), new UnsupportedCharsetError());
  if (isJson(type)) return bytes.length === 0 ? EMPTY : readJson(bytes, charset);
  if (type.name === MULTIPART_FORM) {
    return bytes.length === 0 ? EMPTY : readMultipart(bytes, type, jsonField);
  }
  if (type.name === URL_ENCODED_FORM) {
    const form = {
      ok: true,
      format: 'form',
      payload: parseUrlEncodedForm(bytes, charset),
    } as const;
    return inField({ ...form, ...charsetType(URL_ENCODED_FORM, charset) }, jsonField);
  }
  return readOther(bytes, charset);
}

/**
 * Parses a body. Keys that could reach a prototype are left out of JSON and harmless in forms.
 *
 * @param contentType where the body cannot be read without it
 * @throws {MalformedPayloadError} when the body is not of that format
 * @internal
 */
export function parsePayload(
  format: PayloadFormat,
  body: Uint8Array,
  contentType?: string | null,
): unknown {
  const bytes = asBuffer(body);
  const type = parseMediaType(contentType ?? undefined);
  const charset = charsetOf(type.charset) ?? undefined;
  switch (format) {
    case 'json':
      return parseJson(decodeText(bytes, charset));
    case 'form':
    case 'formjson':
      return type.boundary === undefined
        ? parseUrlEncodedForm(bytes, charset)
        : parseMultipartForm(bytes, type.boundary);
    case 'text':
      return decodeText(bytes, charset);
    case 'bytes':
      return bytes;
    default:
      // A row that somebody changed, or that a later version of the library wrote.
      throw new MalformedPayloadError(`unknown format '${String(format satisfies never)}'`);
  }
}

/**
 * The data of an event, read again from its stored bytes.
 *
 * @throws {MalformedPayloadError} when the body is not of that format
 * @internal
 */
export function storedData(stored: StoredPayload, body: Uint8Array): unknown {
  const { format, contentType, dataPath } = stored;
  const payload = parsePayload(format, body, contentType);
  const keys = dataPath === '' ? [] : dataPath.split('.');
  if (format !== 'formjson') return valueAtKeys(payload, keys);
  const [field = '', ...inner] = keys;
  return valueAtKeys(parseJson(String(valueAtKeys(payload, [field]))), inner);
}

/**
 * The bytes of a payload that is JSON, as UTF-8: the body, or what is wrapped in it. `undefined` where
 * the payload is not JSON.
 *
 * @internal
 */
export function jsonBytes(
  { format, field, contentType }: Extract<PayloadReading, { ok: true }>,
  body: Buffer,
): Buffer | undefined {
  if (format === 'json' && contentType === undefined) return body;
  if (format === 'json') {
    return Buffer.from(
      decodeText(body, charsetOf(parseMediaType(contentType).charset) ?? undefined),
    );
  }
  if (format !== 'formjson' || field === undefined) return undefined;
  return Buffer.from(String(valueAtKeys(parsePayload(format, body, contentType), [field])));
}

/** The same memory, without a copy. */
function asBuffer(body: Uint8Array): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

function isJson({ name }: MediaType): boolean {
  return name === 'application/json' || name.endsWith('+json');
}

function formatOf(type: MediaType): PayloadFormat {
  if (isJson(type)) return 'json';
  return type.name === MULTIPART_FORM || type.name === URL_ENCODED_FORM ? 'form' : 'text';
}

function readJson(body: Buffer, charset?: Charset): PayloadReading {
  try {
    const payload = parseJson(decodeText(body, charset));
    return charset === undefined
      ? { ok: true, format: 'json', payload }
      : { ok: true, format: 'json', payload, ...charsetType('application/json', charset) };
  } catch (error) {
    return unread('json', error);
  }
}

function readMultipart(body: Buffer, { boundary }: MediaType, jsonField?: string): PayloadReading {
  if (boundary === undefined) {
    return unread('form', new MalformedPayloadError('its content type has no boundary'));
  }
  try {
    const payload = parseMultipartForm(body, boundary);
    const contentType = `${MULTIPART_FORM}; boundary="${boundary}"`;
    return inField({ ok: true, format: 'form', payload, contentType }, jsonField);
  } catch (error) {
    return unread('form', error);
  }
}

function readOther(body: Buffer, charset: Charset): PayloadReading {
  if (charset === undefined && !isUtf8(body)) return { ok: true, format: 'bytes', payload: body };
  const text = decodeText(body, charset);
  if (looksLikeJson(text)) {
    const reading = readJson(body, charset);
    if (reading.ok) return reading;
  }
  return { ok: true, format: 'text', payload: text, ...charsetType('text/plain', charset) };
}

/** Where a field holds JSON, that is the payload: a handler need not know which way the sender takes. */
function inField(
  form: Extract<PayloadReading, { ok: true }> & { readonly payload: FormFields },
  field: string | undefined,
): PayloadReading {
  const text = field === undefined ? undefined : form.payload[field];
  if (field === undefined || typeof text !== 'string' || !looksLikeJson(text)) return form;
  try {
    return { ...form, format: 'formjson', payload: parseJson(text), field };
  } catch (error) {
    if (error instanceof MalformedPayloadError) return form;
    throw error;
  }
}

function looksLikeJson(text: string): boolean {
  const start = text.slice(0, 64).trimStart();
  return start.startsWith('{') || start.startsWith('[');
}

function charsetType(name: string, charset: Charset): { readonly contentType?: string } {
  return charset === undefined ? {} : { contentType: `${name}; charset=${charset.encoding}` };
}

function unread(format: PayloadFormat, error: unknown): PayloadReading {
  if (error instanceof UnsupportedCharsetError) {
    return { ok: false, format, reason: error.message, unsupported: true };
  }
  if (error instanceof MalformedPayloadError) return { ok: false, format, reason: error.message };
  throw error;
}
