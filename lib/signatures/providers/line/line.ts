import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `line()`.
 *
 * @publicApi
 */
export interface LineOptions {
  /** The channel's secret ("Channel secret"). */
  readonly secret: Secret;
}

/**
 * LINE: `X-Line-Signature` holds an HMAC-SHA256 of the body, in base64.
 *
 * A body holds several events. An event's id, type and time are `webhookEventId`, `type` and
 * `timestamp`. A body without events, by which LINE checks the URL, is accepted.
 *
 * @param options the secret
 * @throws {ConfigurationError} for a missing or blank secret
 * @example
 * ```ts
 * line({ secret: process.env.LINE_CHANNEL_SECRET })
 * ```
 * @see LINE documentation, "Verify webhook signature"
 * @publicApi
 */
export function line({ secret }: LineOptions): SigningScheme {
  return hmac({
    name: 'line',
    secret,
    signature: { header: 'x-line-signature', encoding: 'base64' },
    items: 'events',
    id: { path: 'webhookEventId' },
    type: { path: 'type' },
    occurredAt: { path: 'timestamp', unit: 'ms' },
  });
}
