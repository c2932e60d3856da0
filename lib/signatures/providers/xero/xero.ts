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
  /** The app's webhook signing key. */
  readonly secret: Secret;
}

/**
 * Xero: `X-Xero-Signature` holds an HMAC-SHA256 of the body, in base64.
 *
 * A body holds several events. An event's type is `eventCategory` with `eventType`, such as
 * `INVOICE.UPDATE`. Xero sends no event id, so the id is a digest of the event.
 *
 * The scheme answers the bodies without events by which Xero checks the URL (intent to receive);
 * Xero signs some of them wrongly on purpose. Xero accepts only 200 and 401, without a body, and
 * gets no other answer.
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
