import { createHash } from 'node:crypto';
import { ConfigurationError } from '../../../errors/configuration.error.js';
import { WebhookError } from '../../../errors/webhook.error.js';
import { choice } from '../../parts/choice.js';
import { areSameBytes } from '../../parts/constant-time.js';
import type { EventFactOptions } from '../../facts/event-fact.js';
import { EventFactReader } from '../../facts/event-fact.reader.js';
import type { HmacOptions } from '../../schemes/hmac.options.js';
import { Keys, type Secret } from '../../keys/secrets.js';
import type { SignedRequest, Verification } from '../../signature-scheme.js';
import { SignatureHeader } from '../../parts/signature.header.js';
import type { SignedMessage, SigningScheme, SignInput } from '../../signing.scheme.js';

const DIGEST_LENGTH = 32;

/**
 * HubSpot's signatures before version 3: SHA-256 over the secret and the body, with method and URL
 * between them in version 2. No HMAC, which is why the generic scheme does not express it.
 *
 * @internal
 */
export class HubspotLegacyScheme implements SigningScheme {
  readonly name = 'hubspot';
  readonly #keys: Keys;
  readonly #signature = new SignatureHeader({ header: 'x-hubspot-signature' }, DIGEST_LENGTH);
  readonly #facts: EventFactReader;
  readonly #signsUrl: boolean;
  readonly #url: HmacOptions['url'];

  /**
   * @throws {ConfigurationError} for a missing or blank secret, for an unknown version, and
   * for version 2 without a URL
   */
  constructor(
    secret: Secret,
    version: 'v1' | 'v2',
    url: HmacOptions['url'],
    facts: EventFactOptions,
  ) {
    this.#keys = new Keys(secret, {}, { scheme: this.name });
    this.#facts = new EventFactReader(facts);
    this.#signsUrl = choice('version', version, ['v1', 'v2']) === 'v2';
    this.#url = url;
    if (this.#signsUrl && url === undefined) {
      throw ConfigurationError.because(
        'url',
        'Version 2 of the signature covers the URL, and none was given.',
        'Set `url`, the public URL that HubSpot posts to.',
      );
    }
  }

  verify(request: SignedRequest): Verification | Promise<Verification> {
    const entries = this.#signature.read(request.headers);
    if (!entries.ok) return entries;
    const { constant } = this.#keys;
    return constant === undefined
      ? this.#lookUpAndJudge(request, entries.digests)
      : this.#judge(request, entries.digests, constant);
  }

  sign({ body: content, method = 'POST', url, headers = {} }: SignInput): SignedMessage {
    const key = this.#keys.constant?.[0];
    if (key === undefined) {
      throw ConfigurationError.because(
        'secret',
        'A scheme whose secret depends on the request cannot sign.',
        'Create one with a constant secret for signing.',
      );
    }
    if (this.#signsUrl && typeof this.#url === 'function' && url === undefined) {
      throw new WebhookError(
        'UNSIGNABLE',
        'The hubspot scheme signs the URL, and none was given. Set `url`.',
      );
    }
    const body = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    const signed =
      typeof this.#url === 'function' ? this.#url({ method, url: url ?? '', headers, body }) : url;
    const digest = this.#digest(key, method, signed ?? this.#fixedUrl, body);
    return { headers: this.#signature.write(digest), body };
  }

  async #lookUpAndJudge(request: SignedRequest, digests: readonly Buffer[]): Promise<Verification> {
    const keys = await this.#keys.for(request);
    return keys === undefined
      ? { ok: false, reason: 'key-unavailable' }
      : this.#judge(request, digests, keys);
  }

  #judge(
    request: SignedRequest,
    digests: readonly Buffer[],
    keys: readonly Buffer[],
  ): Verification {
    const url = typeof this.#url === 'function' ? this.#url(request) : this.#fixedUrl;
    const keyIndex = keys.findIndex((key) => {
      const expected = this.#digest(key, request.method, url, request.body);
      return digests.some((digest) => areSameBytes(digest, expected));
    });
    return keyIndex < 0
      ? { ok: false, reason: 'signature-mismatch' }
      : this.#facts.verified(request, keyIndex);
  }

  get #fixedUrl(): string {
    return typeof this.#url === 'string' ? this.#url : '';
  }

  #digest(key: Buffer, method: string, url: string, body: Uint8Array): Buffer {
    const hash = createHash('sha256').update(key);
    if (this.#signsUrl) hash.update(`${method}${url}`, 'utf8');
    return hash.update(body).digest();
  }
}
