import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `zendesk()`.
 *
 * @publicApi
 */
export interface ZendeskOptions {
  /** The webhook's signing secret. */
  readonly secret: Secret;
  /** How far the timestamp may be from our clock, in both directions, in seconds. @default 300 */
  readonly toleranceSeconds?: number;
}

/**
 * Zendesk: `X-Zendesk-Webhook-Signature` holds an HMAC-SHA256 of the timestamp and the body, in
 * base64.
 *
 * The event's type and time are the body's `type` and `time`, if the webhook is for events; the
 * body of a trigger is what its author wrote. Its id is `X-Zendesk-Webhook-Invocation-Id`. Zendesk
 * does not sign that header.
 *
 * @param options the secret, and the tolerance
 * @throws {ConfigurationError} for a missing or blank secret, and for a tolerance that is not above
 * 0
 * @example
 * ```ts
 * zendesk({ secret: process.env.ZENDESK_SIGNING_SECRET })
 * ```
 * @see Zendesk documentation, "Verifying webhook authenticity"
 * @publicApi
 */
export function zendesk({ secret, toleranceSeconds = 300 }: ZendeskOptions): SigningScheme {
  return hmac({
    name: 'zendesk',
    secret,
    signature: { header: 'x-zendesk-webhook-signature', encoding: 'base64' },
    timestamp: {
      header: 'x-zendesk-webhook-signature-timestamp',
      unit: 'iso',
      toleranceSeconds,
    },
    content: '{timestamp}{body}',
    id: { header: 'x-zendesk-webhook-invocation-id' },
    type: { path: 'type' },
    occurredAt: { path: 'time', unit: 'iso' },
  });
}
