import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `gitea()`.
 *
 * @publicApi
 */
export interface GiteaOptions {
  /** The webhook's secret. */
  readonly secret: Secret;
}

/**
 * Gitea and Forgejo: `X-Gitea-Signature` or `X-Forgejo-Signature` holds an HMAC-SHA256 of the body,
 * in hexadecimal.
 *
 * The event's type is `X-Gitea-Event` or `X-Forgejo-Event`, with the body's `action` if it has one:
 * `issues.opened`, `push`. Its id is `X-Gitea-Delivery` or `X-Forgejo-Delivery`. These headers are
 * not signed: trust the body, not the type.
 *
 * The webhook may have either content type, `application/json` or
 * `application/x-www-form-urlencoded`: the type and the data are the same.
 *
 * @param options the secret
 * @throws {ConfigurationError} for a missing or blank secret
 * @example
 * ```ts
 * gitea({ secret: process.env.GITEA_SECRET })
 * ```
 * @see Gitea documentation, "Webhooks"
 * @publicApi
 */
export function gitea({ secret }: GiteaOptions): SigningScheme {
  return hmac({
    name: 'gitea',
    secret,
    signature: { header: ['x-forgejo-signature', 'x-gitea-signature'] },
    id: { header: ['x-forgejo-delivery', 'x-gitea-delivery'] },
    jsonField: 'payload',
    type: {
      join: [{ header: ['x-forgejo-event', 'x-gitea-event'] }, { path: 'action' }],
    },
  });
}
