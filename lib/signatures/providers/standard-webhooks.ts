import { valueAt } from '../../event/value-at.js';
import { hmac } from '../hmac.scheme.js';
import type { Secret } from '../secrets.js';
import type { SigningScheme } from '../signing.scheme.js';

/**
 * Options of `standardWebhooks()`.
 *
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
 * data the body's `data`, or the whole body where that has no `type` and `data`. The header's timestamp is the attempt's, not the event's. An id with a dot in it is refused:
 * the dot ends the id in what is signed.
 *
 * @param options the secret, and how far the time may be off
 * @throws {ConfigurationError} for a missing, blank or undecodable secret, and for a tolerance that is
 * not above 0
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
    // Without a type the body is no envelope, and what stands beside its data belongs to it.
    dataPath: (_, payload) => (valueAt(payload, 'type') === undefined ? undefined : 'data'),
  });
}
