import { emptyAnswer } from '../../handshake/handshake-answer.js';
import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `intercom()`.
 *
 * @publicApi
 */
export interface IntercomOptions {
  /** The app's client secret. */
  readonly secret: Secret;
}

/**
 * Intercom: `X-Hub-Signature` holds `sha1=` and an HMAC-SHA1 of the body, in hexadecimal.
 *
 * The event's id, type, time and data are the body's `id`, `topic`, `created_at` and `data`.
 *
 * The scheme answers the `HEAD` request by which Intercom checks the URL.
 *
 * @param options the secret
 * @throws {ConfigurationError} for a missing or blank secret
 * @example
 * ```ts
 * intercom({ secret: process.env.INTERCOM_CLIENT_SECRET })
 * ```
 * @see Intercom documentation, "Setting up webhooks"
 * @publicApi
 */
export function intercom({ secret }: IntercomOptions): SigningScheme {
  return hmac({
    name: 'intercom',
    secret,
    algorithm: 'sha1',
    signature: { header: 'x-hub-signature', prefix: 'sha1=' },
    id: { path: 'id' },
    type: { path: 'topic' },
    occurredAt: { path: 'created_at', unit: 's' },
    dataPath: 'data',
    handshake: {
      methods: ['HEAD'],
      unsigned: ({ request }) => (request.method === 'HEAD' ? emptyAnswer(200) : undefined),
    },
  });
}
