import { jsonSlices } from './json-slices.js';
import { valueAt } from './value-at.js';

/** Most keys of the objects on the way: senders have a few dozen there. */
const MOST_KEYS = 1_000;

/** Longest value that is read, in bytes. */
const LONGEST = 16_384;

/** An object or array, with a byte order mark and white space before it. */
const CONTAINER = /^(?:\xef\xbb\xbf)?[ \t\r\n]*[{[]/;
const LONGEST_START = 64;

const OPEN_OBJECT = 0x7b;
const OPEN_ARRAY = 0x5b;

/** Stands for a value that is not read: an object, an array, or a text that is too long. */
const UNREAD: object = Object.freeze({});

/**
 * Reads texts, numbers and words at some places in JSON from an untrusted sender, in linear time. The rest is
 * not parsed, and need not even be JSON.
 *
 * @param paths dotted paths
 * @returns what JSON.parse would return, but only at these paths; arrays and objects there are empty objects
 * @internal
 */
export function jsonOutline(json: Uint8Array, paths: readonly string[]): unknown {
  return outlineOf(outlineSlices(json, paths), paths);
}

/**
 * The bytes that {@link jsonOutline} reads, for a caller that reads some of them itself.
 *
 * @internal
 */
export function outlineSlices(json: Uint8Array, paths: readonly string[]): (Buffer | undefined)[] {
  const bytes = Buffer.from(json.buffer, json.byteOffset, json.byteLength);
  return CONTAINER.test(bytes.toString('latin1', 0, LONGEST_START))
    ? jsonSlices(bytes, paths, MOST_KEYS)
    : paths.map(() => undefined);
}

/**
 * The values of slices.
 *
 * @internal
 */
export function outlineOf(
  slices: readonly (Buffer | undefined)[],
  paths: readonly string[],
): unknown {
  const outline = {};
  for (const [index, slice] of slices.entries()) {
    if (slice !== undefined) put(outline, (paths[index] ?? '').split('.'), scalarOf(slice));
  }
  return outline;
}

/**
 * Whether a parsed body has at these places what its outline has: the outline is lenient about what is not
 * JSON.
 *
 * @internal
 */
export function hasOutline(payload: unknown, outline: unknown, paths: readonly string[]): boolean {
  return paths.every((path) => valueAt(payload, path) === valueAt(outline, path));
}

function scalarOf(slice: Buffer): unknown {
  if (slice[0] === OPEN_OBJECT || slice[0] === OPEN_ARRAY || slice.length > LONGEST) return UNREAD;
  try {
    return JSON.parse(slice.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function put(root: object, path: readonly string[], value: unknown): void {
  let place = root as Record<string, unknown>;
  for (const [index, key] of path.entries()) {
    const next = path[index + 1];
    if (next === undefined) place[key] = value;
    else place = (place[key] ??= next === '0' ? [] : {}) as Record<string, unknown>;
  }
}
