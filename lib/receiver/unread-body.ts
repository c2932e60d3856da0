import type { Clock } from '../clock/clock.js';
import type { RawRequest } from './raw-request.js';

/** How much of a refused body is discarded, and for how long, so that a client that still sends gets its answer. */
const MAX_DISCARDED_BYTES = 32 * 1_048_576;
const MAX_DISCARDING_MS = 10_000;

/**
 * Whether more of the body may be on its way.
 *
 * @internal
 */
export function hasUnreadBody(request: RawRequest): boolean {
  if (request.complete !== false || request.destroyed) return false;
  const { headers } = request;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * Reads the rest of a body and discards it, up to a limit of bytes and of time.
 *
 * @param onEnd is called once: when the client has sent everything, went away, or reached a limit
 * @internal
 */
export function discardBody(request: RawRequest, clock: Clock, onEnd: () => void): void {
  let left = MAX_DISCARDED_BYTES;
  const onData = (chunk: Buffer): void => {
    left -= chunk.length;
    if (left < 0) end();
  };
  const end = (): void => {
    cancel();
    request.off('data', onData).off('end', end).off('close', end);
    onEnd();
  };
  const cancel = clock.schedule(end, MAX_DISCARDING_MS);
  request.on('error', () => undefined);
  request.on('data', onData).on('end', end).on('close', end);
  request.resume();
}
