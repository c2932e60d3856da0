import { valueAt } from '../../../event/value-at.js';
import { emptyAnswer, isChallenge } from '../../handshake/handshake-answer.js';
import type { Challenge } from '../../handshake/handshake.js';
import { hmac } from '../../schemes/hmac.scheme.js';
import type { SecretStore } from '../../keys/secret.store.js';
import type { Secret } from '../../keys/secrets.js';
import type { HandshakeAnswer } from '../../signature-scheme.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `notion()`: the verification token, or where it is kept once Notion hands it over.
 *
 * @publicApi
 */
export type NotionOptions =
  | {
      /** The verification token of the subscription, where it is known. */
      readonly secret: Secret;
      readonly secrets?: never;
    }
  | {
      /** Keeps the token of the first request, from where you paste it into Notion. */
      readonly secrets: SecretStore;
      readonly secret?: never;
    };

/**
 * Notion. It signs the body by the verification token that it posts, unsigned, when the subscription is
 * made: with `secrets`, **the first token that comes is kept, and no other after it**.
 *
 * The event's id, type, time and data are the body's `id`, `type`, `timestamp` and `data`.
 *
 * @param options the token, or where it is kept
 * @throws {ConfigurationError} for a missing or blank secret
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
        // A repeated one may be signed already, by the token that it holds.
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
