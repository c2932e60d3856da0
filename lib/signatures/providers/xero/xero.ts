import { valueAt } from '../../../event/value-at.js';
import { emptyAnswer } from '../../handshake/handshake-answer.js';
import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

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
 * Xero wants 200 or 401, and no body in any answer. It checks the URL by bodies without events (intent to
 * receive), some of them wrongly signed: those hold no event.
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
      signed: ({ payload }) => (isIntentToReceive(payload) ? ACCEPTED : undefined),
    },
    answers: { accepted: ACCEPTED, refused: emptyAnswer(401) },
  });
}

const ACCEPTED = emptyAnswer(200);

function isIntentToReceive(payload: unknown): boolean {
  const events = valueAt(payload, 'events');
  return Array.isArray(events) && events.length === 0;
}
