import { everyDelivery } from '../../facts/every-delivery.js';
import { echo } from '../../handshake/handshake-answer.js';
import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `dropbox()`.
 *
 * @publicApi
 */
export interface DropboxOptions {
  /** The app secret. */
  readonly secret: Secret;
}

/**
 * Dropbox. It signs the body, which says whose files changed and not what: the next change has the
 * same body. So each delivery is an event of its own, with an id that is made here. It has no type.
 *
 * The `GET` request by which Dropbox checks the URL is answered.
 *
 * @param options the secret
 * @throws {ConfigurationError} for a missing or blank secret
 * @example
 * ```ts
 * dropbox({ secret: process.env.DROPBOX_APP_SECRET })
 * ```
 * @see Dropbox documentation, "Webhooks"
 * @publicApi
 */
export function dropbox({ secret }: DropboxOptions): SigningScheme {
  return hmac({
    name: 'dropbox',
    secret,
    signature: { header: 'x-dropbox-signature' },
    id: everyDelivery,
    handshake: {
      methods: ['GET'],
      unsigned: ({ request, query }) =>
        request.method === 'GET' ? echo(query.get('challenge')) : undefined,
    },
  });
}
