import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `razorpay()`.
 *
 * @publicApi
 */
export interface RazorpayOptions {
  /** The webhook's secret. After a change, keep the old one as the second for a day: retries may have it. */
  readonly secret: Secret;
}

/**
 * Razorpay: `X-Razorpay-Signature` holds an HMAC-SHA256 of the body, in hexadecimal.
 *
 * The event's type, time and data are the body's `event`, `created_at` and `payload`. Its id is
 * `X-Razorpay-Event-Id`. Razorpay does not sign that header.
 *
 * @param options the secret
 * @throws {ConfigurationError} for a missing or blank secret
 * @example
 * ```ts
 * razorpay({ secret: process.env.RAZORPAY_WEBHOOK_SECRET })
 * ```
 * @see Razorpay documentation, "Validate and Test Webhooks"
 * @publicApi
 */
export function razorpay({ secret }: RazorpayOptions): SigningScheme {
  return hmac({
    name: 'razorpay',
    secret,
    signature: { header: 'x-razorpay-signature' },
    id: { header: 'x-razorpay-event-id' },
    type: { path: 'event' },
    occurredAt: { path: 'created_at', unit: 's' },
    dataPath: 'payload',
  });
}
