import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `sentry()`.
 *
 * @publicApi
 */
export interface SentryOptions {
  /** The integration's client secret. */
  readonly secret: Secret;
}

/**
 * Sentry's integration platform: `Sentry-Hook-Signature` holds an HMAC-SHA256 of the body, in
 * hexadecimal.
 *
 * The event's type is `Sentry-Hook-Resource`, with the body's `action`, such as `issue.created`.
 * Its id is `Request-ID`, its time `Sentry-Hook-Timestamp`, and its data the body's `data`. Sentry
 * does not sign these headers: trust the body, not the type.
 *
 * @param options the secret
 * @throws {ConfigurationError} for a missing or blank secret
 * @example
 * ```ts
 * sentry({ secret: process.env.SENTRY_CLIENT_SECRET })
 * ```
 * @see Sentry documentation, "Webhooks"
 * @publicApi
 */
export function sentry({ secret }: SentryOptions): SigningScheme {
  return hmac({
    name: 'sentry',
    secret,
    signature: { header: 'sentry-hook-signature' },
    id: { header: 'request-id' },
    type: { join: [{ header: 'sentry-hook-resource' }, { path: 'action' }] },
    occurredAt: { header: 'sentry-hook-timestamp', unit: 's' },
    dataPath: 'data',
  });
}
