import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `typeform()`.
 *
 * @publicApi
 */
export interface TypeformOptions {
  /** The webhook's secret. */
  readonly secret: Secret;
}

/**
 * Typeform: `Typeform-Signature` holds `sha256=` and an HMAC-SHA256 of the body, in base64.
 *
 * The event's id, type, time and data are the body's `event_id`, `event_type`,
 * `form_response.submitted_at` and `form_response`.
 *
 * @param options the secret
 * @throws {ConfigurationError} for a missing or blank secret
 * @example
 * ```ts
 * typeform({ secret: process.env.TYPEFORM_SECRET })
 * ```
 * @see Typeform documentation, "Secure your webhooks"
 * @publicApi
 */
export function typeform({ secret }: TypeformOptions): SigningScheme {
  return hmac({
    name: 'typeform',
    secret,
    signature: { header: 'typeform-signature', prefix: 'sha256=', encoding: 'base64' },
    id: { path: 'event_id' },
    type: { path: 'event_type' },
    occurredAt: { path: 'form_response.submitted_at', unit: 'iso' },
    dataPath: 'form_response',
  });
}
