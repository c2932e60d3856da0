import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `adyenPlatform()`.
 *
 * @publicApi
 */
export interface AdyenPlatformOptions {
  /** The webhook's HMAC key, in hexadecimal, as Adyen shows it. */
  readonly secret: Secret;
}

/**
 * Adyen's platform and management webhooks: `HmacSignature` holds an HMAC-SHA256 of the body, in
 * base64. For standard webhooks, whose items are signed one by one, use `adyen()`.
 *
 * The event's type, time and data are the body's `type`, `timestamp` and `data`. Adyen sends no
 * event id (`data.id` names the object, and comes in several events), so the id is a digest of the
 * body.
 *
 * @param options the secret
 * @throws {ConfigurationError} for a missing or blank secret, or one that is not hexadecimal
 * @example
 * ```ts
 * adyenPlatform({ secret: process.env.ADYEN_HMAC_KEY })
 * ```
 * @see Adyen documentation, "Verify HMAC signatures"
 * @publicApi
 */
export function adyenPlatform({ secret }: AdyenPlatformOptions): SigningScheme {
  return hmac({
    name: 'adyenPlatform',
    secret,
    key: { encoding: 'hex' },
    signature: { header: 'hmacsignature', encoding: 'base64' },
    type: { path: 'type' },
    occurredAt: { path: 'timestamp', unit: 'iso' },
    dataPath: 'data',
  });
}
