import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `calendly()`.
 *
 * @publicApi
 */
export interface CalendlyOptions {
  /** The webhook subscription's signing key. */
  readonly secret: Secret;
  /** How far the timestamp may be from our clock, in both directions, in seconds. @default 180 */
  readonly toleranceSeconds?: number;
}

/**
 * Calendly: `Calendly-Webhook-Signature` holds the time of the attempt (`t`) and an HMAC-SHA256 of
 * that time and the body, in hexadecimal (`v1`).
 *
 * The event's type, time and data are the body's `event`, `created_at` and `payload`. Calendly
 * sends no event id, so the id is a digest of the body.
 *
 * @param options the secret, and the tolerance
 * @throws {ConfigurationError} for a missing or blank secret, and for a tolerance that is not above
 * 0
 * @example
 * ```ts
 * calendly({ secret: process.env.CALENDLY_SIGNING_KEY })
 * ```
 * @see Calendly documentation, "Webhook signatures"
 * @publicApi
 */
export function calendly({ secret, toleranceSeconds = 180 }: CalendlyOptions): SigningScheme {
  return hmac({
    name: 'calendly',
    secret,
    signature: { header: 'calendly-webhook-signature', separator: ',', prefix: 'v1=' },
    timestamp: { entry: 't=', toleranceSeconds },
    content: '{timestamp}.{body}',
    type: { path: 'event' },
    occurredAt: { path: 'created_at', unit: 'iso' },
    dataPath: 'payload',
  });
}
