import { emptyAnswer, isChallenge } from '../../handshake/handshake-answer.js';
import { hmac } from '../../schemes/hmac.scheme.js';
import type { SecretStore } from '../../keys/secret.store.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `asana()`: the secret, or where it is kept once Asana hands it over.
 *
 * @publicApi
 */
export type AsanaOptions =
  | {
      /** Keeps the secret of each webhook's first request. */
      readonly secrets: SecretStore;
      readonly secret?: never;
    }
  | {
      /** The secret of a webhook that was set up before. */
      readonly secret: Secret;
      readonly secrets?: never;
    };

/**
 * Asana. It signs the body by the secret that it sends in the header of an unsigned request when the
 * webhook is made, and wants back: with `secrets`, **the first secret that comes is kept, and no other
 * after it**. Each webhook has a secret of its own, and so needs a URL of its own.
 *
 * A body holds several events; the type is that of the resource with the `action`, such as
 * `task.changed`, and the time is `created_at`. Events have no id. A body without any, by which Asana
 * checks that somebody is there, is accepted and holds none.
 *
 * @param options where the secret is kept, or the secret
 * @throws {ConfigurationError} for a missing or blank secret
 * @example
 * ```ts
 * asana({ secret: process.env.ASANA_HOOK_SECRET })
 * ```
 * @see Asana documentation, "Webhooks guide"
 * @publicApi
 */
export function asana({ secret, secrets }: AsanaOptions): SigningScheme {
  return hmac({
    name: 'asana',
    secret: secrets === undefined ? secret : (request) => secrets.find(request),
    signature: { header: 'x-hook-signature' },
    items: 'events',
    type: { join: [{ path: 'resource.resource_type' }, { path: 'action' }] },
    occurredAt: { path: 'created_at', unit: 'iso' },
    ...(secrets && {
      handshake: {
        unsigned: async ({ request, header }) => {
          const given = header('x-hook-secret');
          if (!isChallenge(given)) return undefined;
          return (await secrets.keepFirst(request, given))
            ? emptyAnswer(200, { 'x-hook-secret': given })
            : undefined;
        },
      },
    }),
  });
}
