import { publicKeyScheme } from '../../schemes/public-key.scheme.js';
import type { PublicKey } from '../../keys/public-keys.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `sendgrid()`.
 *
 * @publicApi
 */
export interface SendgridOptions {
  /** The verification key of the event webhook's settings, in base64, as SendGrid shows it. */
  readonly publicKey: PublicKey;
  /** How far the timestamp may be from our clock, in both directions, in seconds. @default 600 */
  readonly toleranceSeconds?: number;
  /** For tests that sign: PEM, or base64 of PKCS #8. With it, `publicKey` may be `undefined`. @default none */
  readonly privateKey?: string;
}

/**
 * SendGrid's signed event webhook: `X-Twilio-Email-Event-Webhook-Signature` holds an ECDSA
 * signature (P-256, SHA-256) of the timestamp and the body, in base64. The line break at the end of
 * the body is signed too.
 *
 * A body holds several events. An event's id, type and time are `sg_event_id`, `event` and
 * `timestamp`.
 *
 * @param options the public key, and the tolerance
 * @throws {ConfigurationError} for a missing key or one that is not on P-256, and for a tolerance
 * that is not above 0
 * @example
 * ```ts
 * sendgrid({ publicKey: process.env.SENDGRID_VERIFICATION_KEY })
 * ```
 * @see SendGrid documentation, "Getting Started with the Event Webhook Security Features"
 * @publicApi
 */
export function sendgrid({
  publicKey,
  privateKey,
  toleranceSeconds = 600,
}: SendgridOptions): SigningScheme {
  return publicKeyScheme({
    name: 'sendgrid',
    publicKey,
    privateKey,
    algorithm: 'ec',
    hash: 'sha256',
    signature: { header: 'x-twilio-email-event-webhook-signature', encoding: 'base64' },
    timestamp: { header: 'x-twilio-email-event-webhook-timestamp', toleranceSeconds },
    content: '{timestamp}{body}',
    items: '',
    id: { path: 'sg_event_id' },
    type: { path: 'event' },
    occurredAt: { path: 'timestamp', unit: 's' },
  });
}
