import { MalformedPayloadError } from './malformed-payload.error.js';

/**
 * Parses JSON. Keys that could reach a prototype are left out.
 *
 * @throws {MalformedPayloadError} when it is not JSON
 * @internal
 */
export function parseJson(text: string): unknown {
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
