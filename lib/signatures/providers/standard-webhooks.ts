import { hmac } from '../hmac.scheme.js';
import type { Secret } from '../secrets.js';
import type { SigningScheme } from '../signing.scheme.js';

/**
 * @publicApi
 */
export interface StandardWebhooksOptions {
  /** Base64, with or without `whsec_` before it. */
  readonly secret: Secret;
  /** How far the timestamp may be from our clock, in both directions, in seconds. @default 300 */
  readonly toleranceSeconds?: number;
}

/**
 * Senders that follow the Standard Webhooks specification (symmetric, `v1`).
 *
 * The event's id is `webhook-id`, its type the body's `type`, its time the body's `timestamp`, and its
 * data the body's `data`, or the whole body where there is none. An id with a dot in it is refused:
 * the dot ends the id in what is signed.
 *
 * @throws {ConfigurationError} for a missing, blank or undecodable secret
 * @example
 * ```ts
 * standardWebhooks({ secret: process.env.GAME_SECRET })
 * ```
 * @see Standard Webhooks specification, "Verifying webhook authenticity"
 * @publicApi
 */
export function standardWebhooks({
  secret,
  toleranceSeconds = 300,
}: StandardWebhooksOptions): SigningScheme {
  return hmac({
    name: 'standardWebhooks',
    secret,
    key: { encoding: 'base64', label: 'whsec_' },
    signature: { header: 'webhook-signature', separator: ' ', prefix: 'v1,', encoding: 'base64' },
    timestamp: { header: 'webhook-timestamp', toleranceSeconds },
    content: '{id}.{timestamp}.{body}',
    id: { header: 'webhook-id' },
    type: { path: 'type' },
    occurredAt: { path: 'timestamp', unit: 'iso' },
    dataPath: 'data',
  });
}
