import { hmac } from '../hmac.scheme.js';
import type { Secret } from '../secrets.js';
import type { SigningScheme } from '../signing.scheme.js';

/**
 * Options of `shopify()`.
 *
 * @publicApi
 */
export interface ShopifyOptions {
  /** The client secret of the app, or what the admin shows for webhooks that were made there. */
  readonly secret: Secret;
}

/**
 * Shopify, by its headers with `X-` or without.
 *
 * The event's type is `X-Shopify-Topic`, its id `X-Shopify-Webhook-Id`, its time
 * `X-Shopify-Triggered-At`. Shopify signs the body alone, and none of these headers: trust the
 * body, not the type. `X-Shopify-Event-Id` is no id here, as it names what the merchant did, which
 * can cause events of several types.
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
    id: { header: ['x-shopify-webhook-id', 'shopify-webhook-id'] },
    type: { header: ['x-shopify-topic', 'shopify-topic'] },
    occurredAt: { header: ['x-shopify-triggered-at', 'shopify-triggered-at'], unit: 'iso' },
  });
}
