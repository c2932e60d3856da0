import { UsageError } from '../usage.error.js';

const REQUEST_LINE = /^[A-Z]+ \S+(?: HTTP\/[\d.]+)?$/;

/**
 * Headers as Node.js gives them, from a file: an object in JSON, or lines `Name: value` as a proxy or
 * `curl -v` writes them. The values of a repeated header are joined by a comma, as Node.js does.
 *
 * @throws {UsageError} for any other content
 * @internal
 */
export function parseHeaders(text: string): Record<string, string | string[]> {
  return text.trimStart().startsWith('{') ? fromJson(text) : fromLines(text);
}

function fromJson(text: string): Record<string, string | string[]> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new UsageError('The file of --headers begins like JSON, but is not JSON.', { cause });
  }
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(parsed as object)) {
    const key = name.toLowerCase();
    if (Array.isArray(value)) headers[key] = value.map(String);
    else if (typeof value === 'string' || typeof value === 'number') headers[key] = String(value);
    else throw new UsageError(`The header '${name}' in the file of --headers is not text.`);
  }
  return headers;
}

function fromLines(text: string): Record<string, string | string[]> {
  const headers: Record<string, string> = {};
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.replace(/^[<>] /, '').trim();
    if (line === '' || line === '>' || REQUEST_LINE.test(line)) continue;
    const colon = line.indexOf(':');
    if (colon <= 0) {
      throw new UsageError(`Line ${index + 1} of the file of --headers is not 'Name: value'.`);
    }
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  return headers;
}

/**
 * An instant: RFC 3339, or seconds or milliseconds since the epoch.
 *
 * @returns `undefined` for any other text
 * @internal
 */
export function parseInstant(text: string): Date | undefined {
  const at = /^\d{9,11}$/.test(text)
    ? Number(text) * 1_000
    : /^\d{12,14}$/.test(text)
      ? Number(text)
      : /^\d{4}-/.test(text)
        ? Date.parse(text)
        : Number.NaN;
  return Number.isNaN(at) ? undefined : new Date(at);
}
