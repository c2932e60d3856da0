import { createHmac, timingSafeEqual, type Hmac } from 'node:crypto';
import { KeyUnavailableError } from '../keys/key-unavailable.error.js';
import { Keys, type KeyDecoding, type Secret } from '../keys/secrets.js';
import { choice } from '../parts/choice.js';
import type { ContentTemplate, ContentValues } from '../parts/content.template.js';
import type { SignedRequest } from '../signature-scheme.js';
import type { ContentSigner } from './content.signer.js';
import type { HmacOptions } from './hmac.options.js';

/** See the options of the same names of `hmac()`. */
interface HmacKeyOptions {
  readonly secret: Secret;
  readonly key: KeyDecoding | undefined;
  readonly algorithm: HmacOptions['algorithm'];
}

const ALGORITHMS = ['sha1', 'sha256', 'sha384', 'sha512'] as const;

/**
 * Signs content by an HMAC with secrets that both sides know.
 *
 * @internal
 */
export class HmacSigner implements ContentSigner<readonly Buffer[]> {
  readonly signatureLength: number;
  readonly #name: string;
  readonly #algorithm: string;
  readonly #keys: Keys;
  /** The digest to compare a request with. Private at run time too, as it may be a right signature. */
  readonly #expected: Buffer;

  /** @throws {ConfigurationError} for an unknown algorithm, and for a missing or unusable secret */
  constructor(name: string, { secret, key, algorithm }: HmacKeyOptions) {
    this.#name = name;
    this.#algorithm = choice('algorithm', algorithm ?? 'sha256', ALGORITHMS);
    this.#keys = new Keys(secret, key ?? {}, { scheme: name });
    this.signatureLength = createHmac(this.#algorithm, 'any').digest().length;
    this.#expected = Buffer.alloc(this.signatureLength);
  }

  findKeys(request: SignedRequest): readonly Buffer[] | Promise<readonly Buffer[] | undefined> {
    return this.#keys.find(request);
  }

  indexOfKey(
    keys: readonly Buffer[],
    digests: readonly Buffer[],
    content: ContentTemplate,
    values: ContentValues,
  ): number {
    const expected = this.#expected;
    let keyIndex = 0;
    for (const key of keys) {
      // As a text of one character a byte: allocating a new buffer costs more than this copy.
      expected.write(this.#hmac(key, content, values).digest('binary'), 'binary');
      for (const digest of digests) if (timingSafeEqual(digest, expected)) return keyIndex;
      keyIndex += 1;
    }
    return -1;
  }

  assertSigns(): void {
    this.#keys.signingKey();
  }

  sign(content: ContentTemplate, values: ContentValues): Buffer {
    return this.#hmac(this.#keys.signingKey(), content, values).digest();
  }

  readonly digest = async (
    content: string | Uint8Array,
    request: SignedRequest,
  ): Promise<Buffer> => {
    const [key] = (await this.#keys.find(request)) ?? [];
    if (key === undefined) throw new KeyUnavailableError(`The ${this.#name} scheme has no secret.`);
    return createHmac(this.#algorithm, key).update(content).digest();
  };

  #hmac(key: Buffer, content: ContentTemplate, values: ContentValues): Hmac {
    return content.feed(createHmac(this.#algorithm, key), values);
  }
}
