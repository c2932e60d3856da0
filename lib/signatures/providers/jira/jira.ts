import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `jira()`.
 *
 * @publicApi
 */
export interface JiraOptions {
  /** The secret that the webhook was created with. */
  readonly secret: Secret;
}

/**
 * Jira Cloud's webhooks that an administrator created with a secret: `X-Hub-Signature` holds
 * `sha256=` and an HMAC-SHA256 of the body, in hexadecimal. For webhooks of Connect and OAuth 2.0
 * apps, which show a token, use `jiraConnect()`.
 *
 * The event's type and time are the body's `webhookEvent` and `timestamp`; its id is
 * `X-Atlassian-Webhook-Identifier`, which is the same on retries. Jira does not sign that header.
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
