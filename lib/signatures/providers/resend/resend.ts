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
 * Resend, which sends through Svix. The event's id is `svix-id`, which is signed and the same on
 * retries; its type, time and data are the body's `type`, `created_at` and `data`. The body's
 * `data.email_id` is the email's, and comes in several events.
 *
 * @param options the secret, and how far the time may be off
 * @throws {ConfigurationError} for a missing, blank or undecodable secret, and for a tolerance that
 * is not above 0
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
