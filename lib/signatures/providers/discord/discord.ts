import { valueAt } from '../../../event/value-at.js';
import { emptyAnswer, jsonAnswer } from '../../handshake/handshake-answer.js';
import type { ChallengeAnswer } from '../../handshake/handshake.js';
import { publicKeyScheme } from '../../schemes/public-key.scheme.js';
import type { PublicKey } from '../../keys/public-keys.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `discord()`.
 *
 * @publicApi
 */
export interface DiscordOptions {
  /** The application's public key, 64 hexadecimal digits, as the Developer Portal shows it. */
  readonly publicKey: PublicKey;
  /** How far the timestamp may be from our clock, in both directions, in seconds. @default 300 */
  readonly toleranceSeconds?: number;
  /**
   * For tests that sign: PEM, or base64 of PKCS #8 or of the seed. With it, `publicKey` may be `undefined`.
   * @default none
   */
  readonly privateKey?: string;
}

/**
 * Discord's webhook events and interactions: `X-Signature-Ed25519` holds an ed25519 signature of
 * the timestamp and the body, in hexadecimal.
 *
 * The type, time and data of a webhook event are the body's `event.type`, `event.timestamp` and
 * `event.data`; Discord sends no event id, so the id is a digest of the body. The type of an
 * interaction is the number in `type`, as text (`2` is a command), and its id is the body's `id`.
 * Discord expects an answer with content to an interaction within 3 seconds: send it through
 * Discord's API.
 *
 * The scheme answers the pings by which Discord checks the URL, if their signature is right. It
 * refuses those that Discord signs wrongly on purpose.
 *
 * @param options the public key, and the tolerance
 * @throws {ConfigurationError} for a missing key or one that is not ed25519, and for a tolerance
 * that is not above 0
 * @example
 * ```ts
 * discord({ publicKey: process.env.DISCORD_PUBLIC_KEY })
 * ```
 * @see Discord documentation, "Interactions: Setting Up an Endpoint" and "Webhook Events"
 * @publicApi
 */
export function discord({
  publicKey,
  privateKey,
  toleranceSeconds = 300,
}: DiscordOptions): SigningScheme {
  return publicKeyScheme({
    name: 'discord',
    publicKey,
    privateKey,
    algorithm: 'ed25519',
    hash: null,
    signature: { header: 'x-signature-ed25519', encoding: 'hex' },
    timestamp: { header: 'x-signature-timestamp', toleranceSeconds },
    content: '{timestamp}{body}',
    // The `type` of an event is always 1; that of an interaction says which kind it is.
    id: (_, payload) => (isEvent(payload) ? undefined : valueAt(payload, 'id')),
    type: (_, payload) => valueAt(payload, isEvent(payload) ? 'event.type' : 'type'),
    occurredAt: { path: 'event.timestamp', unit: 'iso' },
    dataPath: (_, payload) => (isEvent(payload) ? 'event.data' : undefined),
    handshake: { signed: ({ payload }) => answerPing(payload) },
  });
}

/** The type of a ping is 0 for webhook events and 1 for interactions; 1 is also the type of every webhook event. */
function answerPing(payload: unknown): ChallengeAnswer {
  const type = valueAt(payload, 'type');
  if (type === 0) return emptyAnswer(204);
  return type === 1 && !isEvent(payload) ? jsonAnswer({ type: 1 }) : undefined;
}

function isEvent(payload: unknown): boolean {
  return valueAt(payload, 'event') !== undefined;
}
