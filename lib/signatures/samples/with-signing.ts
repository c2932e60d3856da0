import { unsignable } from '../parts/unsignable.js';
import type { SignatureScheme } from '../signature-scheme.js';
import type { SigningScheme } from '../signing.scheme.js';
import { isPrivateKey } from './private-key.js';

/**
 * Adds signing to a scheme that only verifies, as only the sender has the private key.
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

/**
 * Adds signing with the sender's private key to a scheme that only verifies.
 *
 * @param secret the private key (PEM); with any other text the scheme only verifies
 * @throws {WebhookError} (code `UNSIGNABLE`) from `sign()`, when the secret is not a private key
 * @internal
 */
export function withPrivateKey(
  scheme: SignatureScheme,
  secret: string,
  sign: SigningScheme['sign'],
): SigningScheme {
  return withSigning(scheme, (input) => {
    if (isPrivateKey(secret)) return sign(input);
    throw unsignable(
      scheme.name,
      "signs by the sender's private key. Give one as PEM, of a key pair for tests.",
    );
  });
}
