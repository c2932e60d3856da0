import { jsonAnswer } from '../../handshake/handshake-answer.js';
import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `x()`.
 *
 * @publicApi
 */
export interface XOptions {
  /** The API secret key (consumer secret) of the app. */
  readonly secret: Secret;
}

/** Anything more, and we would sign events for strangers. */
const CRC_TOKEN = /^[\w+/=-]{1,256}$/;

/**
 * X, formerly Twitter: the Account Activity API. It signs the body. The event's type is the body's
 * key that ends in `_events`, such as `tweet_create_events`. It has no id, so a digest of the body
 * is taken.
 *
 * The `GET` request by which X checks the URL shows a `crc_token` and wants its HMAC under the
 * secret. **Nobody has to sign that request**, and events are signed by the same key; so a token is
 * answered only where it is one word, which no JSON body is.
 *
 * @param options the secret
 * @throws {ConfigurationError} for a missing or blank secret
 * @example
 * ```ts
 * x({ secret: process.env.X_CONSUMER_SECRET })
 * ```
 * @see X documentation, "Securing webhooks"
 * @publicApi
 */
export function x({ secret }: XOptions): SigningScheme {
  return hmac({
    name: 'x',
    secret,
    signature: { header: 'x-twitter-webhooks-signature', prefix: 'sha256=', encoding: 'base64' },
    type: (_, payload) => typeOf(payload),
    handshake: {
      methods: ['GET'],
      unsigned: async ({ request, query, digest }) => {
        const token = query.get('crc_token') ?? '';
        if (request.method !== 'GET' || !CRC_TOKEN.test(token)) return undefined;
        return jsonAnswer({ response_token: `sha256=${(await digest(token)).toString('base64')}` });
      },
    },
  });
}

function typeOf(payload: unknown): string | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined;
  return Object.keys(payload).find((key) => key.endsWith('_events') || key === 'user_event');
}
