import { valueAt } from '../../../event/value-at.js';
import { credential } from '../../schemes/credential.scheme.js';
import type { EventFact } from '../../facts/event-fact.js';
import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';
import { standardWebhooksSignature } from '../standard-webhooks/standard-webhooks.signature.js';

/**
 * Options of `gitlab()`: they choose which of GitLab's two tokens proves a request; no request can choose.
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
      /** The webhook's secret token, for a webhook without a signing token. */
      readonly secret: Secret;
      readonly signingToken?: never;
      readonly toleranceSeconds?: never;
    };

/**
 * GitLab: with a signing token, `webhook-signature` holds an HMAC-SHA256 of id, timestamp and body,
 * in base64. With a secret token, `X-Gitlab-Token` shows that token and **nothing is signed: anyone
 * who has seen one request can send any other**.
 *
 * The event's type is the body's `object_kind` (or `event_name`), with `object_attributes.action`
 * if it has one: `merge_request.open`, `push`. Its id is `webhook-id`, which is signed; with a
 * secret token, it is `Idempotency-Key`, which has the same value. Both are the same on retries.
 * `X-Gitlab-Event-UUID` is not the id: webhooks that trigger each other share it.
 *
 * @param options one of the tokens, and the tolerance
 * @throws {ConfigurationError} for a token that is missing, blank or (the signing token) not
 * base64, and for a tolerance that is not above 0
 * @example
 * ```ts
 * gitlab({ signingToken: process.env.GITLAB_SIGNING_TOKEN })
 * ```
 * @see GitLab documentation, "Webhooks"
 * @publicApi
 */
export function gitlab(options: GitlabOptions): SigningScheme {
  const { secret, signingToken, toleranceSeconds = 300 } = options;
  // By the option's name, not by its value: an unset variable must not fall back to the weaker token.
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
