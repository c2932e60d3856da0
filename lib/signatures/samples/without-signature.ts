import type { SignatureScheme } from '../signature-scheme.js';
import type { SigningScheme } from '../signing.scheme.js';

/**
 * A sender that signs nothing, as one that sends: its requests are the bodies alone.
 *
 * @internal
 */
export function withoutSignature(scheme: SignatureScheme): SigningScheme {
  return { ...scheme, sign: ({ body }) => ({ headers: {}, body: Buffer.from(body) }) };
}
