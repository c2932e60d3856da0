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
  /** The app's secret ("App secret"). */
  readonly secret: Secret;
}

/**
 * Dropbox: `X-Dropbox-Signature` holds an HMAC-SHA256 of the body, in hexadecimal.
 *
 * The body says whose files changed, not what changed, so the next change has the same body. Each
 * delivery is therefore an event of its own, with a random id; a retry is too. The event has no
 * type.
 *
 * The scheme answers the `GET` request by which Dropbox checks the URL (`challenge`).
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
