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
  /** For `v1`: base64, with or without `whsec_` before it. @default none, where there is a public key */
  readonly secret?: Secret;
  /** For `v1a` (ed25519): base64, with or without `whpk_` before it; one or several. @default none */
  readonly publicKey?: PublicKey;
  /** For signing by `v1a`: base64, with or without `whsk_` before it. @default none */
  readonly privateKey?: string;
  /** How far the timestamp may be from our clock, in both directions, in seconds. @default 300 */
  readonly toleranceSeconds?: number;
}

/**
 * Senders that follow the Standard Webhooks specification: symmetric (`v1`), or with a public key
 * (`v1a`). With both a secret and a public key, either signature is enough, and both are made.
 *
 * The event's id is `webhook-id`, its type the body's `type`, its time the body's `timestamp`, and its
 * data the body's `data`, or the whole body where that has no `type` and `data`. The header's timestamp is the attempt's, not the event's. An id with a dot in it is refused:
 * the dot ends the id in what is signed.
 *
 * @param options the secret or the public key, and how far the time may be off
 * @throws {ConfigurationError} for a missing, blank or undecodable secret or key, and for a tolerance that is
 * not above 0
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
  // A key that is named and unset is a mistake, and must not leave the other way alone in silence.
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
  // Without a type the body is no envelope, and what stands beside its data belongs to it.
  dataPath: (_, payload) => (valueAt(payload, 'type') === undefined ? undefined : 'data'),
};
