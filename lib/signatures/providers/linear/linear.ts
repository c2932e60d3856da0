import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `linear()`.
 *
 * @publicApi
 */
export interface LinearOptions {
  /** The webhook's signing secret. */
  readonly secret: Secret;
  /** How far the timestamp may be from our clock, in both directions, in seconds. @default 60 */
  readonly toleranceSeconds?: number;
}

/**
 * Linear: `Linear-Signature` holds an HMAC-SHA256 of the body, in hexadecimal. The body has the
 * time of the attempt (`webhookTimestamp`), so a body that cannot be parsed is refused even if its
 * signature is right.
 *
 * The event's type is the body's `type` with its `action`, such as `Issue.create`; its time and
 * data are the body's `createdAt` and `data`. Its id is `Linear-Delivery`. Linear does not sign
 * that header.
 *
 * @param options the secret, and the tolerance
 * @throws {ConfigurationError} for a missing or blank secret, and for a tolerance that is not above
 * 0
 * @example
 * ```ts
 * linear({ secret: process.env.LINEAR_WEBHOOK_SECRET })
 * ```
 * @see Linear documentation, "Webhooks"
 * @publicApi
 */
export function linear({ secret, toleranceSeconds = 60 }: LinearOptions): SigningScheme {
  return hmac({
    name: 'linear',
    secret,
    signature: { header: 'linear-signature' },
    timestamp: { path: 'webhookTimestamp', unit: 'ms', toleranceSeconds },
    id: { header: 'linear-delivery' },
    type: { join: [{ path: 'type' }, { path: 'action' }] },
    occurredAt: { path: 'createdAt', unit: 'iso' },
    dataPath: 'data',
  });
}
