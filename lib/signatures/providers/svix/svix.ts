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
 * Senders that send through Svix, under its own header names (`svix-id`, …) or those of Standard
 * Webhooks (`webhook-id`, …).
 *
 * The event's id is `svix-id`, which is signed and the same on retries. What the body holds is the
 * sender's choice: the type is the body's `type`, as Svix recommends, and its data the whole body.
 * Svix signs id, timestamp and body.
 *
 * @param options the secret, and how far the time may be off
 * @throws {ConfigurationError} for a missing, blank or undecodable secret, and for a tolerance that
 * is not above 0
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
