import { valueAt } from '../../../event/value-at.js';
import { EitherScheme } from '../../schemes/either.scheme.js';
import type { EventFactOptions } from '../../facts/event-fact.js';
import { hmac } from '../../schemes/hmac.scheme.js';
import { publicKeyScheme } from '../../schemes/public-key.scheme.js';
import { SENDABLE_ID } from '../../parts/sendable-id.js';
import type { PublicKey } from '../../keys/public-keys.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';
import { KEY_LABELS, standardWebhooksSignature } from './standard-webhooks.signature.js';

/**
 * Options of `standardWebhooks()`.
 *
 * @publicApi
 */
export interface StandardWebhooksOptions {
  /** The secret for `v1`: base64, with or without `whsec_` before it. @default none: needs `publicKey` */
  readonly secret?: Secret;
  /** The public key for `v1a` (ed25519), or several: base64, with or without `whpk_` before it. @default none */
  readonly publicKey?: PublicKey;
  /** The private key that signs by `v1a`: base64, with or without `whsk_` before it. @default none */
  readonly privateKey?: string;
  /** How far the timestamp may be from our clock, in both directions, in seconds. @default 300 */
  readonly toleranceSeconds?: number;
}

/**
 * Senders that follow the Standard Webhooks specification: `webhook-signature` holds an HMAC-SHA256
 * (`v1`) or an ed25519 signature (`v1a`) of id, timestamp and body, in base64. With both a secret
 * and a public key, either signature is enough; with a private key too, `sign()` makes both.
 *
 * The event's id is `webhook-id`. Its type, time and data are the body's `type`, `timestamp` and
 * `data`; the data is the whole body if that has no `type` or no `data`. `webhook-timestamp` is the
 * time of the attempt, not of the event. An id with a dot is refused: the dot ends the id in what
 * is signed.
 *
 * @param options the secret or the public key, and the tolerance
 * @throws {ConfigurationError} for a secret or key that is missing, blank or cannot be decoded, and
 * for a tolerance that is not above 0
 * @example
 * ```ts
 * standardWebhooks({ secret: process.env.GAME_SECRET })
 * standardWebhooks({ publicKey: process.env.GAME_PUBLIC_KEY })
 * ```
 * @see Standard Webhooks specification, "Verifying webhook authenticity"
 * @publicApi
 */
export function standardWebhooks(options: StandardWebhooksOptions): SigningScheme {
  const { secret, publicKey, privateKey, toleranceSeconds = 300 } = options;
  // An option that is named but unset is a mistake: it must fail, not silently leave only the other way.
  const asymmetric = 'publicKey' in options || privateKey !== undefined;
  const symmetric = 'secret' in options || !asymmetric;
  const byKey = (): SigningScheme =>
    publicKeyScheme({
      name: NAME,
      publicKey,
      privateKey,
      algorithm: 'ed25519',
      hash: null,
      label: KEY_LABELS.publicKey,
      privateLabel: KEY_LABELS.privateKey,
      idSyntax: SENDABLE_ID,
      ...FACTS,
      ...standardWebhooksSignature(FAMILIES, toleranceSeconds, 'v1a'),
    });
  if (!symmetric) return byKey();
  const layout = standardWebhooksSignature(FAMILIES, toleranceSeconds);
  const bySecret = hmac({ name: NAME, secret, ...FACTS, ...layout });
  if (!asymmetric) return bySecret;
  const [header] = layout.signature.header;
  return new EitherScheme(bySecret, byKey(), header, privateKey !== undefined);
}

const NAME = 'standardWebhooks';
const FAMILIES = ['webhook'] as const;

const FACTS: EventFactOptions = {
  type: { path: 'type' },
  occurredAt: { path: 'timestamp', unit: 'iso' },
  // Without a type the body is not an envelope: fields beside `data` belong to the data.
  dataPath: (_, payload) => (valueAt(payload, 'type') === undefined ? undefined : 'data'),
};
