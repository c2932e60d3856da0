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
   * Takes a digest of the body for the event's id instead of `X-GitHub-Delivery`, which is not signed:
   * who has seen one delivery could send its body again under another id. @default false
   */
  readonly deduplicateByBody?: boolean;
  /**
   * The hash of the signature. `sha1` reads the old `X-Hub-Signature` header instead, for old GitHub
   * Enterprise servers that send no other. @default 'sha256'
   */
  readonly algorithm?: 'sha1' | 'sha256';
}

const SIGNATURES = {
  sha1: { header: 'x-hub-signature', prefix: 'sha1=' },
  sha256: { header: 'x-hub-signature-256', prefix: 'sha256=' },
};

/**
 * GitHub, by its SHA-256 signature; the old SHA-1 header alone is refused, unless it is asked for.
 *
 * The event's type is `X-GitHub-Event` with the body's `action`, where it has one: `issues.opened`,
 * `push`. Its id is `X-GitHub-Delivery`. GitHub signs neither header: trust the body, not the type.
 * Either content type of its settings will do: JSON in a form gives the same type and data.
 *
 * @param options the secret, what the event's id is, and the hash
 * @throws {ConfigurationError} for a missing or blank secret, and for another hash
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
