import { standardWebhooksSignature } from '../standard-webhooks/standard-webhooks.signature.js';
import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `clerk()`.
 *
 * @publicApi
 */
export interface ClerkOptions {
  /** The endpoint's signing secret: base64, with or without `whsec_` before it. */
  readonly secret: Secret;
  /** How far the timestamp may be from our clock, in both directions, in seconds. @default 300 */
  readonly toleranceSeconds?: number;
}

/**
 * Clerk, which sends through Svix. The event's id is `svix-id`, which is signed and the same on
 * retries; its type, time and data are the body's `type`, `timestamp` and `data`.
 *
 * @param options the secret, and how far the time may be off
 * @throws {ConfigurationError} for a missing, blank or undecodable secret, and for a tolerance that
 * is not above 0
 * @example
 * ```ts
 * clerk({ secret: process.env.CLERK_WEBHOOK_SIGNING_SECRET })
 * ```
 * @see Clerk documentation, "Sync Clerk data to your app with webhooks"
 * @publicApi
 */
export function clerk({ secret, toleranceSeconds = 300 }: ClerkOptions): SigningScheme {
  return hmac({
    name: 'clerk',
    secret,
    ...standardWebhooksSignature(['svix'], toleranceSeconds),
    type: { path: 'type' },
    occurredAt: { path: 'timestamp', unit: 'ms' },
    dataPath: 'data',
  });
}
