import { type AcceptUnsigned, assertAcceptedUnsigned } from '../../schemes/accepted-unsigned.js';
import type { SignatureScheme } from '../../signature-scheme.js';
import { unsigned } from '../unsigned/unsigned.js';

/**
 * Docker Hub, which does not sign: **anybody who knows the URL can post to it**. Ask Docker Hub's API
 * before something depends on the body, and never post to its `callback_url` unchecked.
 *
 * The event's type is always `push`, its time the body's `push_data.pushed_at`. It has no id, so a
 * digest of the body is taken.
 *
 * @param options that it is known not to be signed
 * @throws {ConfigurationError} unless `unsigned: true` is written out
 * @example
 * ```ts
 * dockerHub({ unsigned: true })
 * ```
 * @see Docker documentation, "Docker Hub webhooks"
 * @publicApi
 */
export function dockerHub(options: AcceptUnsigned): SignatureScheme {
  assertAcceptedUnsigned('Docker Hub', options);
  const facts = unsigned({
    type: () => 'push',
    occurredAt: { path: 'push_data.pushed_at', unit: 's' },
  });
  return { ...facts, name: 'dockerHub', showsSecret: true };
}
