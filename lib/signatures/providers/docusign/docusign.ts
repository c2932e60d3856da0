import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `docusign()`.
 *
 * @publicApi
 */
export interface DocusignOptions {
  /** An HMAC key of the Connect configuration. DocuSign signs with each key there is. */
  readonly secret: Secret;
}

/**
 * DocuSign Connect, with JSON bodies. It signs the body once a key, in headers with the numbers
 * from 1 on.
 *
 * The event's type, time and data are the body's `event`, `generatedDateTime` and `data`. It has no
 * id, and the body's `retryCount` is another one on a retry; so the id is made of the time, the
 * envelope, the recipient and the type, all of which are signed.
 *
 * @param options the secret
 * @throws {ConfigurationError} for a missing or blank secret
 * @example
 * ```ts
 * docusign({ secret: process.env.DOCUSIGN_HMAC_KEY })
 * ```
 * @see DocuSign documentation, "Validate HMAC signatures on Connect messages"
 * @publicApi
 */
export function docusign({ secret }: DocusignOptions): SigningScheme {
  return hmac({
    name: 'docusign',
    secret,
    signature: { header: 'x-docusign-signature-{n}', encoding: 'base64' },
    id: {
      join: [
        { path: 'generatedDateTime' },
        { path: 'data.envelopeId' },
        { path: 'data.recipientId' },
        { path: 'event' },
      ],
      by: '/',
    },
    type: { path: 'event' },
    occurredAt: { path: 'generatedDateTime', unit: 'iso' },
    dataPath: 'data',
  });
}
