import { valueAt } from '../../../event/value-at.js';
import { credential } from '../../schemes/credential.scheme.js';
import type { EventFact } from '../../facts/event-fact.js';
import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';
import { standardWebhooksSignature } from '../standard-webhooks/standard-webhooks.signature.js';

/**
 * Options of `gitlab()`: which of GitLab's two tokens proves a request is fixed here.
 *
 * @publicApi
 */
export type GitlabOptions =
  | {
      /** The webhook's signing token: base64, with or without `whsec_` before it. */
      readonly signingToken: Secret;
      /** How far the timestamp may be from our clock, in both directions, in seconds. @default 300 */
      readonly toleranceSeconds?: number;
      readonly secret?: never;
    }
  | {
      /** The webhook's secret token, where there is no signing token. */
      readonly secret: Secret;
      readonly signingToken?: never;
      readonly toleranceSeconds?: never;
    };

/**
 * GitLab, by the signing token of the webhook, or by its secret token. The signature covers id,
 * timestamp and body; **the secret token covers nothing: who has seen one request can send any**.
 *
 * The event's type is the body's `object_kind` (or `event_name`) with the action of its object, where
 * it has one: `merge_request.open`, `push`. Its id is `webhook-id`, which is signed; with a secret token,
 * it is `Idempotency-Key`, which is the same text. Both are the same on retries. `X-Gitlab-Event-UUID` is
 * no id here: webhooks that set off each other share it.
 *
 * @param options one of the tokens, and how far the time may be off
 * @throws {ConfigurationError} for a missing, blank or undecodable token, and for a tolerance that is
 * not above 0
 * @example
 * ```ts
 * gitlab({ signingToken: process.env.GITLAB_SIGNING_TOKEN })
 * ```
 * @see GitLab documentation, "Webhooks"
 * @publicApi
 */
export function gitlab(options: GitlabOptions): SigningScheme {
  const { secret, signingToken, toleranceSeconds = 300 } = options;
  // By the option's name and not by its value: an unset variable must not fall back to the weaker token.
  if (!('signingToken' in options)) {
    return credential({
      name: 'gitlab',
      secret,
      header: 'x-gitlab-token',
      id: { header: 'idempotency-key' },
      type,
    });
  }
  return hmac({
    name: 'gitlab',
    secret: signingToken,
    ...standardWebhooksSignature(['webhook'], toleranceSeconds),
    type,
  });
}

const type: EventFact = {
  join: [
    (_, payload) => valueAt(payload, 'object_kind') ?? valueAt(payload, 'event_name'),
    { path: 'object_attributes.action' },
  ],
};
