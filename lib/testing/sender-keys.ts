import type { FetchFunction } from '../signatures/keys/guarded.fetch.js';
import { paypal } from '../signatures/providers/paypal/paypal.sample.js';
import { plaid } from '../signatures/providers/plaid/plaid.sample.js';
import { sns } from '../signatures/providers/sns/sns.sample.js';
import { certificateFetch, jsonWebKeyFetch } from '../signatures/samples/fetched-key.js';
import { newSecret } from '../signatures/samples/new-secret.js';
import { publicKeyOf } from '../signatures/samples/private-key.js';

/** For each sender that signs with a private key: a new key, and what a scheme has to know of it. */
const SENDERS = {
  discord: { newKey: newSecret.ed25519, optionsFor: publicKeyOption },
  paddleClassic: { newKey: newSecret.rsa, optionsFor: publicKeyOption },
  paypal: {
    newKey: newSecret.rsa,
    optionsFor: (key: string): { webhookId: string; fetch: FetchFunction } => ({
      webhookId: paypal.account,
      fetch: certificateFetch(key),
    }),
  },
  plaid: {
    newKey: newSecret.p256,
    optionsFor: (key: string): { clientId: string; secret: string; fetch: FetchFunction } => ({
      clientId: plaid.account,
      secret: 'made-up',
      fetch: jsonWebKeyFetch(key),
    }),
  },
  sendgrid: { newKey: newSecret.p256, optionsFor: publicKeyOption },
  sns: {
    newKey: newSecret.rsa,
    optionsFor: (key: string): { topicArn: string; fetch: FetchFunction } => ({
      topicArn: sns.account,
      fetch: certificateFetch(key),
    }),
  },
  standardWebhooks: { newKey: newSecret.ed25519, optionsFor: publicKeyOption },
} as const;

/**
 * Name of a sender that signs with a private key, which only it has.
 *
 * @publicApi
 */
export type KeyedProviderName = keyof typeof SENDERS;

/**
 * A key pair in the place of a sender's.
 *
 * @publicApi
 */
export interface SenderKeys<Name extends KeyedProviderName> {
  /** The private key: the `secret` of `sampleRequest()`, and of the command line's `trigger`. */
  readonly secret: string;
  /**
   * Options of the sender's scheme, by which it takes what this key has signed: a `publicKey`; or a
   * `fetch` that gives out the key, with a made-up `topicArn` (SNS), `webhookId` (PayPal) or `clientId`
   * and `secret` (Plaid).
   */
  readonly options: ReturnType<(typeof SENDERS)[Name]['optionsFor']>;
}

/**
 * Makes a throw-away key pair for a sender that signs with a private key. The application's scheme under
 * test is given one half, and `sampleRequest()` the other.
 *
 * @param provider name of the sender; `standardWebhooks` for its asymmetric signatures
 * @example
 * ```ts
 * const keys = senderKeys('sns');
 * WebhookModule.forRoot({ sources: { orders: sns(keys.options) } });
 * const { headers, body } = sampleRequest('sns', 'Notification', { secret: keys.secret });
 * ```
 * @publicApi
 */
export function senderKeys<Name extends KeyedProviderName>(provider: Name): SenderKeys<Name> {
  const { newKey, optionsFor } = SENDERS[provider];
  const secret = newKey();
  return { secret, options: optionsFor(secret) as SenderKeys<Name>['options'] };
}

function publicKeyOption(privateKey: string): { publicKey: string } {
  return { publicKey: publicKeyOf(privateKey) };
}
