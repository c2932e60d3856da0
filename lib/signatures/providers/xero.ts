import { valueAt } from '../../event/value-at.js';
import { emptyAnswer } from '../handshake-answer.js';
import { hmac } from '../hmac.scheme.js';
import type { Secret } from '../secrets.js';
import type { Verification } from '../signature-scheme.js';
import type { SigningScheme } from '../signing.scheme.js';

/**
 * Options of `xero()`.
 *
 * @publicApi
 */
export interface XeroOptions {
  /** The webhook signing key. */
  readonly secret: Secret;
}

/**
 * Xero. A body holds several events; the type is the event's `eventCategory` with its `eventType`,
 * such as `INVOICE.UPDATE`. Events have no id. All of the body is signed.
 *
 * Xero checks the URL by bodies without events (intent to receive), some of them wrongly signed:
 * they are answered by 200 or 401, and an empty body, as Xero wants it.
 *
 * @param options the secret
 * @throws {ConfigurationError} for a missing or blank secret
 * @example
 * ```ts
 * xero({ secret: process.env.XERO_WEBHOOK_KEY })
 * ```
 * @see Xero documentation, "Configuring your server" for webhooks
 * @publicApi
 */
export function xero({ secret }: XeroOptions): SigningScheme {
  return hmac({
    name: 'xero',
    secret,
    signature: { header: 'x-xero-signature', encoding: 'base64' },
    items: 'events',
    type: { join: [{ path: 'eventCategory' }, { path: 'eventType' }] },
    handshake: {
      signed: ({ payload }) => (isIntentToReceive(payload) ? emptyAnswer(200) : undefined),
      unsigned: ({ payload, verification }) =>
        isRefused(verification) && isIntentToReceive(payload) ? emptyAnswer(401) : undefined,
    },
  });
}

function isIntentToReceive(payload: unknown): boolean {
  const events = valueAt(payload, 'events');
  return Array.isArray(events) && events.length === 0;
}

/** Where the key cannot be had, nothing is known of the signature. */
function isRefused(verification: Verification | undefined): boolean {
  return verification?.ok === false && verification.reason !== 'key-unavailable';
}
