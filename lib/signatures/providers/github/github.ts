import { choice } from '../../parts/choice.js';
import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `github()`.
 *
 * @publicApi
 */
export interface GithubOptions {
  /** The webhook's secret. */
  readonly secret: Secret;
  /**
   * Whether the event's id is a digest of the body instead of `X-GitHub-Delivery`. GitHub does not sign that
   * header: anyone who has seen one delivery can send its body again under another id. @default false
   */
  readonly deduplicateByBody?: boolean;
  /**
   * The hash of the signature. `sha1` reads the old header `X-Hub-Signature` instead, for old GitHub
   * Enterprise servers that send no other. @default 'sha256'
   */
  readonly algorithm?: 'sha1' | 'sha256';
}

const SIGNATURES = {
  sha1: { header: 'x-hub-signature', prefix: 'sha1=' },
  sha256: { header: 'x-hub-signature-256', prefix: 'sha256=' },
};

/**
 * GitHub: `X-Hub-Signature-256` holds `sha256=` and an HMAC-SHA256 of the body, in hexadecimal. A
 * request that has only the old SHA-1 header, `X-Hub-Signature`, is refused unless `algorithm` is
 * `'sha1'`.
 *
 * The event's type is `X-GitHub-Event`, with the body's `action` if it has one: `issues.opened`,
 * `push`. Its id is `X-GitHub-Delivery`. GitHub does not sign these headers: trust the body, not
 * the type.
 *
 * The webhook may have either content type, `application/json` or
 * `application/x-www-form-urlencoded`: the type and the data are the same.
 *
 * @param options the secret, what the event's id is, and the algorithm
 * @throws {ConfigurationError} for a missing or blank secret, and for an unknown algorithm
 * @example
 * ```ts
 * github({ secret: process.env.GITHUB_SECRET })
 * ```
 * @see GitHub documentation, "Validating webhook deliveries"
 * @publicApi
 */
export function github({
  secret,
  deduplicateByBody = false,
  algorithm = 'sha256',
}: GithubOptions): SigningScheme {
  return hmac({
    name: 'github',
    secret,
    algorithm,
    signature: SIGNATURES[choice('algorithm', algorithm, ['sha1', 'sha256'])],
    type: { join: [{ header: 'x-github-event' }, { path: 'action' }] },
    jsonField: 'payload',
    ...(deduplicateByBody ? { distinctBy: 'body' } : { id: { header: 'x-github-delivery' } }),
  });
}
