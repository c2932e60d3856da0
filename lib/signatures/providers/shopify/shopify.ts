import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `shopify()`.
 *
 * @publicApi
 */
export interface ShopifyOptions {
  /** The app's client secret; for webhooks that were created in the Shopify admin, the key that it shows. */
  readonly secret: Secret;
}

const TOPIC = { header: ['x-shopify-topic', 'shopify-topic'] } as const;

/**
 * Shopify: `X-Shopify-Hmac-Sha256` holds an HMAC-SHA256 of the body, in base64. The headers may
 * also come without `X-`.
 *
 * The event's type is `X-Shopify-Topic`, its time `X-Shopify-Triggered-At`. Its id is
 * `X-Shopify-Event-Id`, which is the same on retries, with the topic: one action of a merchant can
 * cause events of several topics. Shopify does not sign these headers: trust the body, not the
 * type.
 *
 * @param options the secret
 * @throws {ConfigurationError} for a missing or blank secret
 * @example
 * ```ts
 * shopify({ secret: process.env.SHOPIFY_CLIENT_SECRET })
 * ```
 * @see Shopify documentation, "Deliver webhooks through HTTPS"
 * @publicApi
 */
export function shopify({ secret }: ShopifyOptions): SigningScheme {
  return hmac({
    name: 'shopify',
    secret,
    signature: {
      header: ['x-shopify-hmac-sha256', 'shopify-hmac-sha256'],
      encoding: 'base64',
    },
    id: { join: [{ header: ['x-shopify-event-id', 'shopify-event-id'] }, TOPIC], by: '/' },
    type: TOPIC,
    occurredAt: { header: ['x-shopify-triggered-at', 'shopify-triggered-at'], unit: 'iso' },
  });
}
