import { standardWebhooksSignature } from '../standard-webhooks/standard-webhooks.signature.js';
import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `svix()`.
 *
 * @publicApi
 */
export interface SvixOptions {
  /** The endpoint's signing secret: base64, with or without `whsec_` before it. */
  readonly secret: Secret;
  /** How far the timestamp may be from our clock, in both directions, in seconds. @default 300 */
  readonly toleranceSeconds?: number;
}

/**
 * Senders that send through Svix: `svix-signature` (or `webhook-signature`) holds an HMAC-SHA256 of
 * id, timestamp and body, in base64.
 *
 * The event's id is `svix-id` (or `webhook-id`), which is signed and the same on retries. The
 * sender chooses what the body holds: the event's type is the body's `type`, as Svix recommends,
 * and its data is the body.
 *
 * @param options the secret, and the tolerance
 * @throws {ConfigurationError} for a secret that is missing, blank or not base64, and for a
 * tolerance that is not above 0
 * @example
 * ```ts
 * svix({ secret: process.env.SVIX_SECRET })
 * ```
 * @see Svix documentation, "Verifying Webhooks Manually"
 * @publicApi
 */
export function svix({ secret, toleranceSeconds = 300 }: SvixOptions): SigningScheme {
  return hmac({
    name: 'svix',
    secret,
    ...standardWebhooksSignature(['svix', 'webhook'], toleranceSeconds),
    type: { path: 'type' },
  });
}
