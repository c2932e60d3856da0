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
  /** The secret of the webhook endpoint. */
  readonly secret: Secret;
}

/**
 * GoCardless. A body holds several events, each with `id` and `created_at`; the type is the event's
 * `resource_type` with its `action`, such as `payments.confirmed`. All of the body is signed.
 * A wrong signature is answered 498, as GoCardless has it.
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
