import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `bitbucket()`.
 *
 * @publicApi
 */
export interface BitbucketOptions {
  /** The webhook's secret. */
  readonly secret: Secret;
}

/**
 * Bitbucket Cloud: `X-Hub-Signature` holds `sha256=` and an HMAC-SHA256 of the body, in
 * hexadecimal. A SHA-1 signature is refused.
 *
 * The event's type is `X-Event-Key`, such as `repo:push`; its id is `X-Request-UUID`. Bitbucket
 * does not sign these headers: trust the body, not the type.
 *
 * @param options the secret
 * @throws {ConfigurationError} for a missing or blank secret
 * @example
 * ```ts
 * bitbucket({ secret: process.env.BITBUCKET_SECRET })
 * ```
 * @see Bitbucket Cloud documentation, "Manage webhooks"
 * @publicApi
 */
export function bitbucket({ secret }: BitbucketOptions): SigningScheme {
  return hmac({
    name: 'bitbucket',
    secret,
    signature: { header: 'x-hub-signature', prefix: 'sha256=' },
    id: { header: 'x-request-uuid' },
    type: { header: 'x-event-key' },
  });
}
