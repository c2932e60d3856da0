import type { Digest } from '../handshake/handshake.js';
import type { ContentTemplate, ContentValues } from '../parts/content.template.js';
import type { SignedRequest } from '../signature-scheme.js';

/**
 * By which keys the content of a request is signed: shared ones (an HMAC) or a pair.
 *
 * @internal
 */
export interface ContentSigner<Keys extends object> {
  /** Bytes of a signature; `undefined` where they vary. */
  readonly signatureLength: number | undefined;

  /** Finds the keys of a request: a promise only where they have to be looked up. */
  findKeys(request: SignedRequest): Keys | undefined | Promise<Keys | undefined>;

  /** Which key made one of the signatures, compared in constant time; -1 where none did. */
  indexOfKey(
    keys: Keys,
    signatures: readonly Buffer[],
    content: ContentTemplate,
    values: ContentValues,
  ): number;

  /** @throws {ConfigurationError} where there is no key to sign with */
  assertSigns(): void;

  /** @throws {ConfigurationError} where there is no key to sign with */
  sign(content: ContentTemplate, values: ContentValues): Buffer;

  /** For senders that want something signed in an answer. */
  readonly digest?: Digest;
}
