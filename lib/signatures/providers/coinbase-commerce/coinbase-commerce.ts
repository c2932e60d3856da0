import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `coinbaseCommerce()`.
 *
 * @publicApi
 */
export interface CoinbaseCommerceOptions {
  /** The webhook subscription's shared secret. */
  readonly secret: Secret;
}

/**
 * Coinbase Commerce: `X-CC-Webhook-Signature` holds an HMAC-SHA256 of the body, in hexadecimal.
 *
 * The event's id, type, time and data are `id`, `type`, `created_at` and `data` of the body's
 * `event`. The `id` beside `event` is the id of the delivery.
 *
 * @param options the secret
 * @throws {ConfigurationError} for a missing or blank secret
 * @example
 * ```ts
 * coinbaseCommerce({ secret: process.env.COINBASE_COMMERCE_SECRET })
 * ```
 * @see Coinbase Commerce documentation, "Webhooks Security"
 * @publicApi
 */
export function coinbaseCommerce({ secret }: CoinbaseCommerceOptions): SigningScheme {
  return hmac({
    name: 'coinbaseCommerce',
    secret,
    signature: { header: 'x-cc-webhook-signature' },
    id: { path: 'event.id' },
    type: { path: 'event.type' },
    occurredAt: { path: 'event.created_at', unit: 'iso' },
    dataPath: 'event.data',
  });
}
