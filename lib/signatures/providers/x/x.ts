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
  /** The app's API secret key (consumer secret). */
  readonly secret: Secret;
}

/** With any other characters, we would sign events for strangers. */
const CRC_TOKEN = /^[\w+/=-]{1,256}$/;

/**
 * X, formerly Twitter (Account Activity API): `X-Twitter-Webhooks-Signature` holds `sha256=` and an
 * HMAC-SHA256 of the body, in base64.
 *
 * The event's type is the key of the body that ends in `_events`, such as `tweet_create_events`, or
 * `user_event`. X sends no event id, so the id is a digest of the body.
 *
 * The scheme answers the `GET` request by which X checks the URL (`crc_token`) with an HMAC of the
 * token. **That request is not signed**, and the same secret signs events. So the scheme signs a
 * token only if it is one word, which no JSON body is.
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
