import { standardWebhooksSignature } from '../standard-webhooks/standard-webhooks.signature.js';
import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `resend()`.
 *
 * @publicApi
 */
export interface ResendOptions {
  /** The webhook's signing secret: base64, with or without `whsec_` before it. */
  readonly secret: Secret;
  /** How far the timestamp may be from our clock, in both directions, in seconds. @default 300 */
  readonly toleranceSeconds?: number;
}

/**
 * Resend, which sends through Svix: `svix-signature` holds an HMAC-SHA256 of id, timestamp and
 * body, in base64.
 *
 * The event's id is `svix-id`, which is signed and the same on retries. Its type, time and data are
 * the body's `type`, `created_at` and `data`. `data.email_id` names the email, and comes in several
 * events.
 *
 * @param options the secret, and the tolerance
 * @throws {ConfigurationError} for a secret that is missing, blank or not base64, and for a
 * tolerance that is not above 0
 * @example
 * ```ts
 * resend({ secret: process.env.RESEND_WEBHOOK_SECRET })
 * ```
 * @see Resend documentation, "Verify Webhooks Requests"
 * @publicApi
 */
export function resend({ secret, toleranceSeconds = 300 }: ResendOptions): SigningScheme {
  return hmac({
    name: 'resend',
    secret,
    ...standardWebhooksSignature(['svix'], toleranceSeconds),
    type: { path: 'type' },
    occurredAt: { path: 'created_at', unit: 'iso' },
    dataPath: 'data',
  });
}
