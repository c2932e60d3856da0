import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `paddle()`.
 *
 * @publicApi
 */
export interface PaddleOptions {
  /** The secret key of the notification destination, `pdl_ntfset_…`, as Paddle shows it. */
  readonly secret: Secret;
  /** How far the timestamp may be from our clock, in both directions, in seconds. @default 5 */
  readonly toleranceSeconds?: number;
}

/**
 * Paddle Billing. The event's id, type, time and data are the body's `event_id`, `event_type`,
 * `occurred_at` and `data`; all of the body is signed, with the time of the attempt. Its
 * `notification_id` is another one when an event is sent again.
 *
 * The tolerance is that of Paddle's own libraries, and asks for a clock that is kept right.
 *
 * @param options the secret, and how far the time may be off
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
