import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `vercel()`.
 *
 * @publicApi
 */
export interface VercelOptions {
  /** The webhook's secret; for the webhook of an integration, the integration's client secret. */
  readonly secret: Secret;
}

/**
 * Vercel: `X-Vercel-Signature` holds an HMAC-SHA1 of the body, in hexadecimal.
 *
 * The event's id, type, time and data are the body's `id`, `type`, `createdAt` and `payload`.
 *
 * @param options the secret
 * @throws {ConfigurationError} for a missing or blank secret
 * @example
 * ```ts
 * vercel({ secret: process.env.VERCEL_WEBHOOK_SECRET })
 * ```
 * @see Vercel documentation, "Securing webhooks"
 * @publicApi
 */
export function vercel({ secret }: VercelOptions): SigningScheme {
  return hmac({
    name: 'vercel',
    secret,
    algorithm: 'sha1',
    signature: { header: 'x-vercel-signature' },
    id: { path: 'id' },
    type: { path: 'type' },
    occurredAt: { path: 'createdAt', unit: 'ms' },
    dataPath: 'payload',
  });
}
