import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `jira()`.
 *
 * @publicApi
 */
export interface JiraOptions {
  /** The secret that the webhook was made with. */
  readonly secret: Secret;
}

/**
 * Jira Cloud, by webhooks that an administrator made with a secret. (Those of OAuth and Connect
 * apps show a token instead, and need another scheme.)
 *
 * The event's type and time are the body's `webhookEvent` and `timestamp`. Its id is
 * `X-Atlassian-Webhook-Identifier`, which is the same on retries, and not signed.
 *
 * @param options the secret
 * @throws {ConfigurationError} for a missing or blank secret
 * @example
 * ```ts
 * jira({ secret: process.env.JIRA_WEBHOOK_SECRET })
 * ```
 * @see Jira Cloud documentation, "Webhooks"
 * @publicApi
 */
export function jira({ secret }: JiraOptions): SigningScheme {
  return hmac({
    name: 'jira',
    secret,
    signature: { header: 'x-hub-signature', prefix: 'sha256=' },
    id: { header: 'x-atlassian-webhook-identifier' },
    type: { path: 'webhookEvent' },
    occurredAt: { path: 'timestamp', unit: 'ms' },
  });
}
