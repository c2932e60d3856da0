import { valueAt } from '../../../event/value-at.js';
import { emptyAnswer, isChallenge } from '../../handshake/handshake-answer.js';
import type { Challenge } from '../../handshake/handshake.js';
import { hmac } from '../../schemes/hmac.scheme.js';
import type { SecretStore } from '../../keys/secret.store.js';
import type { Secret } from '../../keys/secrets.js';
import type { HandshakeAnswer } from '../../signature-scheme.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `notion()`: the verification token, or the store that keeps it once Notion hands it over.
 *
 * @publicApi
 */
export type NotionOptions =
  | {
      /** The verification token of a subscription that exists already. */
      readonly secret: Secret;
      readonly secrets?: never;
    }
  | {
      /** Keeps the token that Notion hands over in its first request; paste it from there into Notion. */
      readonly secrets: SecretStore;
      readonly secret?: never;
    };

/**
 * Notion: `X-Notion-Signature` holds `sha256=` and an HMAC-SHA256 of the body, in hexadecimal. The
 * secret is the verification token.
 *
 * The event's id, type, time and data are the body's `id`, `type`, `timestamp` and `data`.
 *
 * Notion hands the verification token over in an unsigned request when the subscription is created.
 * With `secrets`, the scheme answers that request: **the store keeps the first token that arrives,
 * and no other after it**.
 *
 * @param options the store that keeps the token, or the token
 * @throws {ConfigurationError} for a missing or blank token
 * @example
 * ```ts
 * notion({ secret: process.env.NOTION_VERIFICATION_TOKEN })
 * ```
 * @see Notion documentation, "Webhooks"
 * @publicApi
 */
export function notion({ secret, secrets }: NotionOptions): SigningScheme {
  return hmac({
    name: 'notion',
    secret: secrets === undefined ? secret : (request) => secrets.find(request),
    signature: { header: 'x-notion-signature', prefix: 'sha256=' },
    id: { path: 'id' },
    type: { path: 'type' },
    occurredAt: { path: 'timestamp', unit: 'iso' },
    dataPath: 'data',
    ...(secrets && {
      handshake: {
        // A repeated request may be signed already, with the token that it holds.
        signed: (challenge) => keepToken(challenge, secrets),
        unsigned: (challenge) => keepToken(challenge, secrets),
      },
    }),
  });
}

async function keepToken(
  { request, payload }: Challenge,
  secrets: SecretStore,
): Promise<HandshakeAnswer | undefined> {
  const token = valueAt(payload, 'verification_token');
  if (!isChallenge(token) || token.trim() === '') return undefined;
  return (await secrets.keepFirst(request, token)) ? emptyAnswer(200) : undefined;
}
