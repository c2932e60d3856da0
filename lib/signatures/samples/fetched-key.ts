import { createPublicKey } from 'node:crypto';
import type { FetchFunction } from '../keys/guarded.fetch.js';
import { certificateOf } from './certificate.js';
import { isPrivateKey } from './private-key.js';

/**
 * Stands in for the sender's host, which serves the certificate of a private key.
 *
 * @internal
 */
export function certificateFetch(privateKey: string): FetchFunction {
  let certificate: string | undefined;
  return () => Promise.resolve(new Response((certificate ??= certificateOf(privateKey))));
}

/**
 * Stands in for the sender's API, which serves the public half of a private key as a JSON Web Key.
 *
 * @internal
 */
export function jsonWebKeyFetch(privateKey: string): FetchFunction {
  const key = { ...createPublicKey(privateKey).export({ format: 'jwk' }), expired_at: null };
  return () => Promise.resolve(Response.json({ key }));
}

/**
 * The option `fetch` of a scheme: set only if the sender's private key is here, so that it can stand in for the sender.
 *
 * @internal
 */
export function fetchOption(
  secret: string,
  fetchFor: (privateKey: string) => FetchFunction,
): { readonly fetch?: FetchFunction } {
  return isPrivateKey(secret) ? { fetch: fetchFor(secret) } : {};
}
