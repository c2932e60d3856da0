import { PublicKeys, type PublicKeysOptions } from '../keys/public-keys.js';
import type { ContentTemplate, ContentValues } from '../parts/content.template.js';
import type { ContentSigner } from './content.signer.js';

const ED25519_LENGTH = 64;

/**
 * Signs content with a private key, and checks it with public ones.
 *
 * @internal
 */
export class PublicKeySigner implements ContentSigner<PublicKeys> {
  readonly signatureLength: number | undefined;
  readonly #keys: PublicKeys;

  /** @throws {ConfigurationError} for a missing or unusable key */
  constructor(options: PublicKeysOptions) {
    this.#keys = new PublicKeys(options);
    this.signatureLength = options.algorithm === 'ed25519' ? ED25519_LENGTH : undefined;
  }

  findKeys(): PublicKeys {
    return this.#keys;
  }

  indexOfKey(
    keys: PublicKeys,
    signatures: readonly Buffer[],
    content: ContentTemplate,
    values: ContentValues,
  ): number {
    return keys.find(content.bytesOf(values), signatures);
  }

  assertSigns(): void {
    this.#keys.signingKey();
  }

  sign(content: ContentTemplate, values: ContentValues): Buffer {
    return this.#keys.sign(content.bytesOf(values));
  }
}
