import type { PublicKeysOptions } from '../keys/public-keys.js';
import type { SigningScheme } from '../signing.scheme.js';
import { PublicKeySigner } from './public-key.signer.js';
import { SignedContentScheme, type SignedContentOptions } from './signed-content.scheme.js';

/** How a sender signs with a private key what others sign by an HMAC. */
export interface PublicKeySchemeOptions extends PublicKeysOptions, SignedContentOptions {}

/**
 * A signature that a public key checks.
 *
 * @throws {ConfigurationError} for a missing or unusable key, and for options that contradict each other
 * @internal
 */
export function publicKeyScheme(options: PublicKeySchemeOptions): SigningScheme {
  return new SignedContentScheme(options, new PublicKeySigner(options));
}
