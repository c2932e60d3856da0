import type { HmacOptions } from '../../schemes/hmac.options.js';
import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `square()`.
 *
 * @publicApi
 */
export interface SquareOptions {
  /** The webhook subscription's signature key. */
  readonly secret: Secret;
  /**
   * The notification URL exactly as the subscription has it; or a function that returns it for a request.
   */
  readonly url: NonNullable<HmacOptions['url']>;
}

/**
 * Square: `X-Square-HmacSha256-Signature` holds an HMAC-SHA256 of the notification URL and the
 * body, in base64.
 *
 * The event's id, type, time and data are the body's `event_id`, `type`, `created_at` and `data`.
 *
 * @param options the secret, and the URL
 * @throws {ConfigurationError} for a missing or blank secret, and for a missing URL
 * @example
 * ```ts
 * square({ secret: process.env.SQUARE_SIGNATURE_KEY, url: 'https://example.com/webhooks/square' })
 * ```
 * @see Square documentation, "Validate and Process Webhook Notifications"
 * @publicApi
 */
export function square({ secret, url }: SquareOptions): SigningScheme {
  return hmac({
    name: 'square',
    secret,
    signature: { header: 'x-square-hmacsha256-signature', encoding: 'base64' },
    url,
    content: '{url}{body}',
    id: { path: 'event_id' },
    type: { path: 'type' },
    occurredAt: { path: 'created_at', unit: 'iso' },
    dataPath: 'data',
  });
}
