import { retryAfterMs } from '../../retry/retry-after.js';

/** An API's request for a pause. */
export interface Postponement {
  /** How long it says to wait, in milliseconds; `undefined` where it does not say. */
  readonly delayMs: number | undefined;
  readonly reason: string;
}

/** The longest wait. */
const CAP_MS = 86_400_000;

/** How long to wait where the API does not say: this at first, doubled each time. */
const FIRST_MS = 30_000;
const MAX_DOUBLINGS = 7;

const STATUSES: ReadonlySet<unknown> = new Set([429, 503]);

/**
 * The request for a pause in what a poller's method threw: a `RetryLater`, a `Response` of fetch with 429
 * or 503, or the error of a client that has such a status and its headers (axios, undici, got, NestJS).
 *
 * @param now the present, against which a date is measured
 * @internal
 */
export function postponementOf(error: unknown, now: number): Postponement | undefined {
  // By its field, not its class: a host may have loaded the package twice, as test runners do.
  const delayMs = fieldOf(error, 'delayMs');
  if (typeof delayMs === 'number' && delayMs >= 0) {
    return {
      delayMs: capped(delayMs),
      reason: String(fieldOf(error, 'reason') ?? 'it asked to wait'),
    };
  }
  for (const answer of [error, fieldOf(error, 'response'), fieldOf(error, 'cause')]) {
    const status = fieldOf(answer, 'status') ?? fieldOf(answer, 'statusCode');
    if (!STATUSES.has(status)) continue;
    return {
      delayMs: retryAfter(headerOf(answer), now),
      reason: `the API answered HTTP ${String(status)}`,
    };
  }
  return undefined;
}

/**
 * How long to wait, in milliseconds.
 *
 * @param before how many postponements there have been since the last success
 * @internal
 */
export function postponedMs({ delayMs }: Postponement, before: number): number {
  return delayMs ?? capped(FIRST_MS * 2 ** Math.min(before, MAX_DOUBLINGS));
}

function headerOf(answer: unknown): unknown {
  const headers = fieldOf(answer, 'headers');
  const get = fieldOf(headers, 'get');
  return typeof get === 'function'
    ? (get.call(headers, 'retry-after') as unknown)
    : fieldOf(headers, 'retry-after');
}

/** A client may have made a number of the header, or a list of texts. */
function retryAfter(header: unknown, now: number): number | undefined {
  const first: unknown = Array.isArray(header) ? header[0] : header;
  const text = typeof first === 'number' ? String(first) : first;
  return retryAfterMs(typeof text === 'string' ? text : undefined, now);
}

function capped(ms: number): number {
  return Math.min(Math.ceil(ms), CAP_MS);
}

/** Reading a field may throw: the host may throw any object. */
function fieldOf(value: unknown, field: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    return (value as Record<string, unknown>)[field];
  } catch {
    return undefined;
  }
}
