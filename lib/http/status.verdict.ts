import { retryAfterMs } from '../retry/retry-after.js';
import type { OutboundAnswer } from './outbound.client.js';

/** What the status of an answer says about the request. */
export type StatusVerdict =
  /** 2xx: the server accepted the request. */
  | { readonly kind: 'taken' }
  /** The same request would get the same answer. */
  | { readonly kind: 'final'; readonly reason: string }
  /** A later attempt may succeed. `delayMs` is how long the server asks to wait, if it does. */
  | { readonly kind: 'passing'; readonly reason: string; readonly delayMs: number | undefined };

/** The 4xx statuses that are not the request's fault: too slow, too early, too many. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * Judges an answer by its status and its `Retry-After` (RFC 9110, section 10.2.3).
 *
 * @param host the server's name, for the reason
 * @param now the present in milliseconds since the epoch, from which to count to a date
 * @internal
 */
export function statusVerdict(
  { status, headers }: Pick<OutboundAnswer, 'status' | 'headers'>,
  host: string,
  now: number,
): StatusVerdict {
  if (status >= 200 && status < 300) return { kind: 'taken' };
  const reason = `${host} answered HTTP ${status}`;
  if (status < 400) return { kind: 'final', reason: `${reason}, and redirects are not followed` };
  if (status < 500 && !PASSING.has(status)) return { kind: 'final', reason };
  return { kind: 'passing', reason, delayMs: retryAfterMs(headers['retry-after'], now) };
}
