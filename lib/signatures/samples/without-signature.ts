import type { SignatureScheme } from '../signature-scheme.js';
import type { SigningScheme } from '../signing.scheme.js';

/**
 * Adds signing to the scheme of a sender that signs nothing: its requests are only the bodies.
 *
 * @internal
 */
export function withoutSignature(scheme: SignatureScheme): SigningScheme {
  return { ...scheme, sign: ({ body }) => ({ headers: {}, body: Buffer.from(body) }) };
}
