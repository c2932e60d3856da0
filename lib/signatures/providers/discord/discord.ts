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
  /** The application's public key, as the developer portal shows it: 64 hexadecimal digits. */
  readonly publicKey: PublicKey;
  /** How far the timestamp may be from our clock, in both directions, in seconds. @default 300 */
  readonly toleranceSeconds?: number;
  /** For tests that sign: PEM, or base64 of PKCS #8 or of the seed; the public key may then be left out. */
  readonly privateKey?: string;
}

/**
 * Discord's webhook events and interactions (ed25519). The pings by which Discord checks the URL are
 * answered once their signature is right; those that it signs wrongly on purpose are refused.
 *
 * A webhook event's type and time are the body's `event.type` and `event.timestamp`, its data is
 * `event.data`; it has no id. An interaction's type is the number in its `type`, as a text (`2` is a
 * command), its id the body's `id`. Discord wants an answer to interactions within 3 seconds, with
 * content: send it by Discord's API.
 *
 * The timestamp and the whole body are signed.
 *
 * @param options the public key, and how far the time may be off
 * @throws {ConfigurationError} for a missing key or one that is not ed25519, and for a tolerance that is
 * not above 0
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
    // An event's `type` is always 1, an interaction's says what it is.
    id: (_, payload) => (isEvent(payload) ? undefined : valueAt(payload, 'id')),
    type: (_, payload) => valueAt(payload, isEvent(payload) ? 'event.type' : 'type'),
    occurredAt: { path: 'event.timestamp', unit: 'iso' },
    dataPath: (_, payload) => (isEvent(payload) ? 'event.data' : undefined),
    handshake: { signed: ({ payload }) => answerPing(payload) },
  });
}

/** A ping is 0 among webhook events and 1 among interactions, where 1 is an event among the former. */
function answerPing(payload: unknown): ChallengeAnswer {
  const type = valueAt(payload, 'type');
  if (type === 0) return emptyAnswer(204);
  return type === 1 && !isEvent(payload) ? jsonAnswer({ type: 1 }) : undefined;
}

function isEvent(payload: unknown): boolean {
  return valueAt(payload, 'event') !== undefined;
}
