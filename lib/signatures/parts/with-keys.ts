import { ConfigurationError } from '../../errors/configuration.error.js';
import type { Keys } from '../keys/secrets.js';
import type { SignedRequest, Verification } from '../signature-scheme.js';

/**
 * Judges a request under the keys of a source: at once where they are constant, else when they were
 * looked up.
 *
 * @internal
 */
export function withKeys(
  keys: Keys,
  request: SignedRequest,
  judge: (keys: readonly Buffer[]) => Verification,
): Verification | Promise<Verification> {
  const { constant } = keys;
  if (constant !== undefined) return judge(constant);
  return keys
    .for(request)
    .then((found) =>
      found === undefined ? { ok: false, reason: 'key-unavailable' } : judge(found),
    );
}

/**
 * The key that signs: the first.
 *
 * @throws {ConfigurationError} where it depends on a request
 * @internal
 */
export function signingKey(keys: Keys): Buffer {
  const key = keys.constant?.[0];
  if (key !== undefined) return key;
  throw ConfigurationError.because(
    'secret',
    'A scheme whose secret depends on the request cannot sign.',
    'Create one with a constant secret for signing.',
  );
}
