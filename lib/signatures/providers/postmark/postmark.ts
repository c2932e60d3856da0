import { credential } from '../../schemes/credential.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `postmark()`.
 *
 * @publicApi
 */
export interface PostmarkOptions {
  /** `user:password`, as in the webhook's URL or its Basic authentication. */
  readonly secret: Secret;
}

/**
 * Postmark, by Basic authentication. It signs nothing: **who has seen one request can send any**.
 *
 * The event's type is the body's `RecordType`, such as `Bounce`. It has no id: the body's
 * `MessageID` is the message's, which is delivered, opened and clicked under the same; so a digest
 * of the body is taken.
 *
 * @param options the secret
 * @throws {ConfigurationError} for a missing or blank secret
 * @example
 * ```ts
 * postmark({ secret: process.env.POSTMARK_CREDENTIALS })
 * ```
 * @see Postmark documentation, "Webhooks overview"
 * @publicApi
 */
export function postmark({ secret }: PostmarkOptions): SigningScheme {
  return credential({
    name: 'postmark',
    secret,
    prefix: 'Basic ',
    encoding: 'base64',
    type: { path: 'RecordType' },
  });
}
