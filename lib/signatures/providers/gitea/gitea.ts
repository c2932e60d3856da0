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
 * Gitea and Forgejo, by the signature header of either.
 *
 * The event's type is the event header (`X-Gitea-Event`) with the body's `action`, where it has
 * one: `issues.opened`, `push`. Its id is the delivery header (`X-Gitea-Delivery`). Neither header
 * is signed: trust the body, not the type. Either content type of the settings will do.
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
