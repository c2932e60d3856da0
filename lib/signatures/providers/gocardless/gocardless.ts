import { emptyAnswer } from '../../handshake/handshake-answer.js';
import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `gocardless()`.
 *
 * @publicApi
 */
export interface GocardlessOptions {
  /** The webhook endpoint's secret. */
  readonly secret: Secret;
}

/**
 * GoCardless: `Webhook-Signature` holds an HMAC-SHA256 of the body, in hexadecimal.
 *
 * A body holds several events. An event's id and time are `id` and `created_at`; its type is
 * `resource_type` with `action`, such as `payments.confirmed`.
 *
 * The scheme answers a request that it refuses with 498, as GoCardless expects.
 *
 * @param options the secret
 * @throws {ConfigurationError} for a missing or blank secret
 * @example
 * ```ts
 * gocardless({ secret: process.env.GOCARDLESS_WEBHOOK_SECRET })
 * ```
 * @see GoCardless documentation, "Webhooks: Signing"
 * @publicApi
 */
export function gocardless({ secret }: GocardlessOptions): SigningScheme {
  return hmac({
    name: 'gocardless',
    secret,
    signature: { header: 'webhook-signature' },
    items: 'events',
    id: { path: 'id' },
    type: { join: [{ path: 'resource_type' }, { path: 'action' }] },
    occurredAt: { path: 'created_at', unit: 'iso' },
    answers: { refused: emptyAnswer(498) },
  });
}
