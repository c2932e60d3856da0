import { emptyAnswer, isChallenge } from '../../handshake/handshake-answer.js';
import { hmac } from '../../schemes/hmac.scheme.js';
import type { SecretStore } from '../../keys/secret.store.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `asana()`: the secret, or the store that keeps it once Asana hands it over.
 *
 * @publicApi
 */
export type AsanaOptions =
  | {
      /** Keeps the secret that Asana hands over in the first request of each webhook. */
      readonly secrets: SecretStore;
      readonly secret?: never;
    }
  | {
      /** The secret of a webhook that exists already: the `X-Hook-Secret` of its first request. */
      readonly secret: Secret;
      readonly secrets?: never;
    };

/**
 * Asana: `X-Hook-Signature` holds an HMAC-SHA256 of the body, in hexadecimal.
 *
 * A body holds several events. An event's type is its `resource.resource_type` with its `action`,
 * such as `task.changed`; its time is `created_at`. Asana sends no event id, so the id is a digest
 * of the event. A body without events, Asana's heartbeat, is accepted.
 *
 * Asana hands the secret over in `X-Hook-Secret` of an unsigned request when the webhook is
 * created, and expects it back. With `secrets`, the scheme answers that request: **the store keeps
 * the first secret that arrives, and no other after it**. Each webhook has a secret of its own, so
 * give each a URL of its own.
 *
 * @param options the store that keeps the secret, or the secret
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
