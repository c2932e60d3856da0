import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `stripe()`.
 *
 * @publicApi
 */
export interface StripeOptions {
  /** The endpoint's signing secret, `whsec_…`, as Stripe shows it. */
  readonly secret: Secret;
  /** How far the timestamp may be from our clock, in both directions, in seconds. @default 300 */
  readonly toleranceSeconds?: number;
}

/**
 * Stripe: `Stripe-Signature` holds the time of the attempt (`t`) and an HMAC-SHA256 of that time
 * and the body, in hexadecimal (`v1`).
 *
 * The event's id, type, time and data are the body's `id`, `type`, `created` and `data`, so
 * `event.data.object` is what Stripe's own types call it. The idempotency key of the API call that
 * caused an event is not used for deduplication: one call can cause several events.
 *
 * @param options the secret, and the tolerance
 * @throws {ConfigurationError} for a missing or blank secret, and for a tolerance that is not above
 * 0
 * @example
 * ```ts
 * stripe({ secret: process.env.STRIPE_WEBHOOK_SECRET })
 * ```
 * @see Stripe documentation, "Verify webhook signatures manually"
 * @publicApi
 */
export function stripe({ secret, toleranceSeconds = 300 }: StripeOptions): SigningScheme {
  return hmac({
    name: 'stripe',
    secret,
    signature: { header: 'stripe-signature', separator: ',', prefix: 'v1=' },
    timestamp: { entry: 't=', toleranceSeconds },
    content: '{timestamp}.{body}',
    id: { path: 'id' },
    type: { path: 'type' },
    occurredAt: { path: 'created', unit: 's' },
    dataPath: 'data',
  });
}
