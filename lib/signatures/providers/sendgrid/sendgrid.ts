import { publicKeyScheme } from '../../schemes/public-key.scheme.js';
import type { PublicKey } from '../../keys/public-keys.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `sendgrid()`.
 *
 * @publicApi
 */
export interface SendgridOptions {
  /** The verification key of the event webhook's settings, as SendGrid shows it: base64. */
  readonly publicKey: PublicKey;
  /** How far the timestamp may be from our clock, in both directions, in seconds. @default 600 */
  readonly toleranceSeconds?: number;
  /** For tests that sign: PEM, or base64 of PKCS #8; the public key may then be left out. */
  readonly privateKey?: string;
}

/**
 * SendGrid's signed event webhook (ECDSA on P-256). A body holds several events; each has its id, type
 * and time in `sg_event_id`, `event` and `timestamp`.
 *
 * The timestamp and all of the body are signed, the line break at its end included.
 *
 * @param options the public key, and how far the time may be off
 * @throws {ConfigurationError} for a missing key or one that is not on P-256, and for a tolerance that is
 * not above 0
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
