import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `adyenPlatform()`.
 *
 * @publicApi
 */
export interface AdyenPlatformOptions {
  /** The HMAC key of the webhook: hexadecimal. */
  readonly secret: Secret;
}

/**
 * Adyen's webhooks of its platforms and of management, whose body is signed as a whole. (The items
 * of standard webhooks are signed one by one, and need another scheme.)
 *
 * The event's type, time and data are the body's `type`, `timestamp` and `data`. It has no id: the
 * body's `data.id` is the object's, which comes in several events, so a digest of the body is
 * taken.
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
