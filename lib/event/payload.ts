import { isUtf8 } from 'node:buffer';
import type { PayloadFormat } from './payload-format.js';

/**
 * The body is not what its content type says.
 *
 * @internal
 */
export class MalformedPayloadError extends Error {}

/**
 * What came of reading a body: its parsed payload, or why it cannot be parsed.
 *
 * @publicApi
 */
export type PayloadReading =
  | { readonly ok: true; readonly format: PayloadFormat; readonly payload: unknown }
  | {
      readonly ok: false;
      readonly format: PayloadFormat;
      /** For a log; it quotes nothing of the body. */
      readonly reason: string;
    };

/**
 * Reads a body by its content type, and by its look where that says nothing: many senders post JSON
 * under another content type, or under none.
 *
 * @internal
 */
export function readPayload(contentType: string | undefined, body: Uint8Array): PayloadReading {
  // As most senders write it; the rest costs more.
  if (contentType === 'application/json') return read('json', body);
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (mediaType === 'application/json' || mediaType.endsWith('+json')) return read('json', body);
  if (mediaType === 'application/x-www-form-urlencoded') return read('form', body);
  if (looksLikeJson(body)) {
    const reading = read('json', body);
    if (reading.ok) return reading;
  }
  return read(isUtf8(body) ? 'text' : 'bytes', body);
}

/**
 * Parses a body. Keys that could reach a prototype are left out of JSON and harmless in forms.
 *
 * @throws {MalformedPayloadError} when the body is not of that format
 * @internal
 */
export function parsePayload(format: PayloadFormat, body: Uint8Array): unknown {
  const bytes = asBuffer(body);
  switch (format) {
    case 'json':
      return parseJson(bytes);
    case 'form':
      return parseForm(bytes);
    case 'text':
      return bytes.toString('utf8');
    case 'bytes':
      return bytes;
  }
}

function read(format: PayloadFormat, body: Uint8Array): PayloadReading {
  try {
    return { ok: true, format, payload: parsePayload(format, body) };
  } catch (error) {
    if (!(error instanceof MalformedPayloadError)) throw error;
    return { ok: false, format, reason: error.message };
  }
}

/** The same memory, without a copy. */
function asBuffer(body: Uint8Array): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

function looksLikeJson(body: Uint8Array): boolean {
  const text = asBuffer(body).toString('latin1', 0, 64).trimStart();
  return text.startsWith('{') || text.startsWith('[');
}

function parseJson(body: Buffer): unknown {
  const text = body.toString('utf8');
  try {
    const value: unknown = JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text);
    if (mayNamePrototype(text)) dropPrototypeKeys(value);
    return value;
  } catch (error) {
    // The parser's message quotes the payload.
    throw new MalformedPayloadError('the body is not JSON', { cause: (error as Error).name });
  }
}

/** A cheap look at the text, as the walk through the value is rarely needed. */
function mayNamePrototype(text: string): boolean {
  return text.includes('__proto__') || (text.includes('\\u') && /"[^"]*\\u00[567]/i.test(text));
}

function dropPrototypeKeys(root: unknown): void {
  const open: unknown[] = [root];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    if (Object.hasOwn(next, '__proto__')) delete (next as Record<string, unknown>)['__proto__'];
    for (const value of Object.values(next)) open.push(value);
  }
}

function parseForm(body: Buffer): Record<string, string | string[]> {
  const fields = Object.create(null) as Record<string, string | string[]>;
  for (const [name, value] of new URLSearchParams(body.toString('utf8'))) {
    const before = fields[name];
    if (before === undefined) fields[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else fields[name] = [before, value];
  }
  return fields;
}
