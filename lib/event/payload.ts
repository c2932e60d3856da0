import { isUtf8 } from 'node:buffer';
import type { PayloadFormat } from './payload-format.js';

/**
 * The body is not what its content type says.
 *
 * @internal
 */
export class MalformedPayloadError extends Error {}

/**
 * How to read a body, by its content type, and by its look where that says nothing: many senders
 * post JSON under another content type, or under none.
 *
 * @internal
 */
export function payloadFormat(contentType: string | undefined, body: Buffer): PayloadFormat {
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (mediaType === 'application/json' || mediaType.endsWith('+json')) return 'json';
  if (mediaType === 'application/x-www-form-urlencoded') return 'form';
  if (looksLikeJson(body)) return 'json';
  return isUtf8(body) ? 'text' : 'bytes';
}

/**
 * Parses a body. Keys that could reach a prototype are left out of JSON and harmless in forms.
 *
 * @throws {MalformedPayloadError} when the body is not of that format
 * @internal
 */
export function parsePayload(format: PayloadFormat, body: Buffer): unknown {
  switch (format) {
    case 'json':
      return parseJson(body);
    case 'form':
      return parseForm(body);
    case 'text':
      return body.toString('utf8');
    case 'bytes':
      return body;
  }
}

function looksLikeJson(body: Buffer): boolean {
  const text = body.subarray(0, 64).toString('latin1').trimStart();
  if (!text.startsWith('{') && !text.startsWith('[')) return false;
  try {
    JSON.parse(body.toString('utf8'));
    return true;
  } catch {
    return false;
  }
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
