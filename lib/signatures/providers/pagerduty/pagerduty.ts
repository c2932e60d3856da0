import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `pagerduty()`.
 *
 * @publicApi
 */
export interface PagerdutyOptions {
  /** The secret of the webhook subscription. */
  readonly secret: Secret;
}

/**
 * PagerDuty, version 3. The event's id, type, time and data are `id`, `event_type`, `occurred_at`
 * and `data` of the body's `event`; a test has the type `pagey.ping`. All of the body is signed,
 * once a secret while it is rotated.
 *
 * @param options the secret
 * @throws {ConfigurationError} for a missing or blank secret
 * @example
 * ```ts
 * pagerduty({ secret: process.env.PAGERDUTY_SECRET })
 * ```
 * @see PagerDuty documentation, "Verifying Webhook Signatures"
 * @publicApi
 */
export function pagerduty({ secret }: PagerdutyOptions): SigningScheme {
  return hmac({
    name: 'pagerduty',
    secret,
    signature: { header: 'x-pagerduty-signature', separator: ',', prefix: 'v1=' },
    id: { path: 'event.id' },
    type: { path: 'event.event_type' },
    occurredAt: { path: 'event.occurred_at', unit: 'iso' },
    dataPath: 'event.data',
  });
}
