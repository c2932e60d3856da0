import { credential } from '../../schemes/credential.scheme.js';
import { isChallenge, jsonAnswer } from '../../handshake/handshake-answer.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `okta()`.
 *
 * @publicApi
 */
export interface OktaOptions {
  /** The value of the `Authorization` header that the event hook is set up with. */
  readonly secret: Secret;
}

/**
 * Okta event hooks: `Authorization` shows the secret of the event hook. **Nothing is signed: anyone
 * who has seen one request can send any other.**
 *
 * A body holds several events, in `data.events`. An event's id, type and time are `uuid`,
 * `eventType` and `published`.
 *
 * The scheme answers the `GET` request by which Okta checks the URL
 * (`X-Okta-Verification-Challenge`).
 *
 * @param options the secret
 * @throws {ConfigurationError} for a missing or blank secret, or one that no header can hold
 * @example
 * ```ts
 * okta({ secret: process.env.OKTA_AUTHORIZATION })
 * ```
 * @see Okta documentation, "Event hooks"
 * @publicApi
 */
export function okta({ secret }: OktaOptions): SigningScheme {
  return credential({
    name: 'okta',
    secret,
    items: 'data.events',
    id: { path: 'uuid' },
    type: { path: 'eventType' },
    occurredAt: { path: 'published', unit: 'iso' },
    handshake: {
      methods: ['GET'],
      unsigned: ({ request, header }) => {
        const verification = header('x-okta-verification-challenge');
        if (request.method !== 'GET' || !isChallenge(verification)) return undefined;
        return jsonAnswer({ verification });
      },
    },
  });
}
