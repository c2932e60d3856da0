import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `paddle()`.
 *
 * @publicApi
 */
export interface PaddleOptions {
  /** The notification destination's secret key, `pdl_ntfset_…`, as Paddle shows it. */
  readonly secret: Secret;
  /** How far the timestamp may be from our clock, in both directions, in seconds. @default 5 */
  readonly toleranceSeconds?: number;
}

/**
 * Paddle Billing: `Paddle-Signature` holds the time of the attempt (`ts`) and an HMAC-SHA256 of
 * that time and the body, in hexadecimal (`h1`). For Paddle Classic, use `paddleClassic()`.
 *
 * The event's id, type, time and data are the body's `event_id`, `event_type`, `occurred_at` and
 * `data`. The body's `notification_id` is not the id: it changes when Paddle sends an event again.
 *
 * The default tolerance is that of Paddle's own libraries, 5 seconds: keep the server's clock
 * synchronised (NTP).
 *
 * @param options the secret, and the tolerance
 * @throws {ConfigurationError} for a missing or blank secret, and for a tolerance that is not above
 * 0
 * @example
 * ```ts
 * paddle({ secret: process.env.PADDLE_SECRET })
 * ```
 * @see Paddle documentation, "Verify webhook signatures"
 * @publicApi
 */
export function paddle({ secret, toleranceSeconds = 5 }: PaddleOptions): SigningScheme {
  return hmac({
    name: 'paddle',
    secret,
    signature: { header: 'paddle-signature', separator: ';', prefix: 'h1=' },
    timestamp: { entry: 'ts=', toleranceSeconds },
    content: '{timestamp}:{body}',
    id: { path: 'event_id' },
    type: { path: 'event_type' },
    occurredAt: { path: 'occurred_at', unit: 'iso' },
    dataPath: 'data',
  });
}
