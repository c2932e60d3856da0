import { type AcceptUnsigned, assertAcceptedUnsigned } from '../../schemes/accepted-unsigned.js';
import type { SignatureScheme } from '../../signature-scheme.js';
import { unsigned } from '../unsigned/unsigned.js';

/**
 * Docker Hub, which signs nothing: **anyone who knows the URL can post to it**. Ask Docker Hub's
 * API before you act on the body, and never post to its `callback_url` unchecked.
 *
 * The event's type is always `push`; its time is the body's `push_data.pushed_at`. Docker Hub sends
 * no event id, so the id is a digest of the body.
 *
 * @param options `unsigned: true`: you accept that nothing is signed
 * @throws {ConfigurationError} unless `unsigned: true` is set
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
