import { credential } from '../../schemes/credential.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `postmark()`.
 *
 * @publicApi
 */
export interface PostmarkOptions {
  /** `user:password`, as in the webhook's Basic authentication or in its URL. */
  readonly secret: Secret;
}

/**
 * Postmark: `Authorization` shows the user and password of the webhook (Basic authentication).
 * **Nothing is signed: anyone who has seen one request can send any other.**
 *
 * The event's type is the body's `RecordType`, such as `Bounce`. Postmark sends no event id
 * (`MessageID` names the message, and comes in several events: delivered, opened, clicked), so the
 * id is a digest of the body.
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
