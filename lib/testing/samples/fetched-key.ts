import { createPublicKey } from 'node:crypto';
import type { FetchFunction } from '../../signatures/keys/guarded.fetch.js';
import type { SignatureScheme } from '../../signatures/signature-scheme.js';
import type { SigningScheme } from '../../signatures/signing.scheme.js';
import { certificateOf } from './certificate.js';
import { isPrivateKey } from './private-key.js';

/**
 * Stands for the sender's host, which gives out the certificate of a private key.
 *
 * @internal
 */
export function certificateFetch(privateKey: string): FetchFunction {
  let certificate: string | undefined;
  return () => Promise.resolve(new Response((certificate ??= certificateOf(privateKey))));
}

/**
 * Stands for the sender's API, which gives out the public half of a private key as a JSON Web Key.
 *
 * @internal
 */
export function jsonWebKeyFetch(privateKey: string): FetchFunction {
  const key = { ...createPublicKey(privateKey).export({ format: 'jwk' }), expired_at: null };
  return () => Promise.resolve(Response.json({ key }));
}

/**
 * The option `fetch` of a scheme: the sender is asked, unless its private key is here.
 *
 * @internal
 */
export function fetchOption(
  secret: string,
  fetchFor: (privateKey: string) => FetchFunction,
): { readonly fetch?: FetchFunction } {
  return isPrivateKey(secret) ? { fetch: fetchFor(secret) } : {};
}

/**
 * A scheme that cannot sign, as the library has no private key of the sender, and one here that can.
 *
 * @internal
 */
export function withSigning(scheme: SignatureScheme, sign: SigningScheme['sign']): SigningScheme {
  const { name, handshakeMethods = [] } = scheme;
  return {
    name,
    handshakeMethods,
    verify: (request, context) => scheme.verify(request, context),
    handshake: (request, context) => scheme.handshake?.(request, context),
    sign,
  };
}
