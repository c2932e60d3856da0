import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `docusign()`.
 *
 * @publicApi
 */
export interface DocusignOptions {
  /** An HMAC key of the Connect configuration. DocuSign signs with each of its keys. */
  readonly secret: Secret;
}

/**
 * DocuSign Connect, with JSON bodies: `X-DocuSign-Signature-1`, `X-DocuSign-Signature-2` and so on
 * hold an HMAC-SHA256 of the body, in base64, one for each HMAC key.
 *
 * The event's type, time and data are the body's `event`, `generatedDateTime` and `data`. DocuSign
 * sends no event id, and the body's `retryCount` changes on a retry, so the id joins the time, the
 * envelope, the recipient and the type. All of them are signed.
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
