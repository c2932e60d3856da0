import type { Digest } from '../handshake/handshake.js';
import type { ContentTemplate, ContentValues } from '../parts/content.template.js';
import type { SignedRequest } from '../signature-scheme.js';

/**
 * How the content of a request is signed and checked: with shared secrets (an HMAC), or with a key pair.
 *
 * @internal
 */
export interface ContentSigner<Keys extends object> {
  /** Bytes of a signature; `undefined` if their number varies. */
  readonly signatureLength: number | undefined;

  /** Finds the keys for a request; a promise only if they have to be looked up. */
  findKeys(request: SignedRequest): Keys | undefined | Promise<Keys | undefined>;

  /** Which key made one of the signatures, compared in constant time; -1 if none did. */
  indexOfKey(
    keys: Keys,
    signatures: readonly Buffer[],
    content: ContentTemplate,
    values: ContentValues,
  ): number;

  /** @throws {ConfigurationError} without a key to sign with */
  assertSigns(): void;

  /** @throws {ConfigurationError} without a key to sign with */
  sign(content: ContentTemplate, values: ContentValues): Buffer;

  /** Signs an answer, for senders that expect it. */
  readonly digest?: Digest;
}
