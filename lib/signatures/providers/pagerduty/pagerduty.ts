import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `pagerduty()`.
 *
 * @publicApi
 */
export interface PagerdutyOptions {
  /** The webhook subscription's secret. */
  readonly secret: Secret;
}

/**
 * PagerDuty, version 3: `X-PagerDuty-Signature` holds an HMAC-SHA256 of the body, in hexadecimal
 * (`v1`), one for each secret while secrets are rotated.
 *
 * The event's id, type, time and data are `id`, `event_type`, `occurred_at` and `data` of the
 * body's `event`. A test event has the type `pagey.ping`.
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
