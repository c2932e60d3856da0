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
 * Clerk, which sends through Svix: `svix-signature` holds an HMAC-SHA256 of id, timestamp and body,
 * in base64.
 *
 * The event's id is `svix-id`, which is signed and the same on retries. Its type, time and data are
 * the body's `type`, `timestamp` and `data`.
 *
 * @param options the secret, and the tolerance
 * @throws {ConfigurationError} for a secret that is missing, blank or not base64, and for a
 * tolerance that is not above 0
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
