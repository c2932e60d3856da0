import { createHash } from 'node:crypto';
import { ConfigurationError } from '../../../errors/configuration.error.js';
import type { EventFactOptions } from '../../facts/event-fact.js';
import { EventFactReader } from '../../facts/event-fact.reader.js';
import type { Secret } from '../../keys/secrets.js';
import { bytesOf } from '../../parts/bytes-of.js';
import { choice } from '../../parts/choice.js';
import { isOneOf } from '../../parts/content-hmac.js';
import { SignatureHeader } from '../../parts/signature.header.js';
import { SignedUrl } from '../../parts/signed-url.js';
import type { HmacOptions } from '../../schemes/hmac.options.js';
import { SecretScheme } from '../../schemes/secret.scheme.js';
import type { Evidence } from '../../schemes/signed-request.scheme.js';
import type { Refused, SignedRequest, Verification } from '../../signature-scheme.js';
import type { SignedMessage, SigningScheme, SignInput } from '../../signing.scheme.js';

const DIGEST_LENGTH = 32;

interface GivenDigests extends Evidence {
  readonly signatures: readonly Buffer[];
}

/**
 * HubSpot's signatures before version 3: SHA-256 over the secret and the body, with method and URL
 * between them in version 2. It is not an HMAC, so `hmac()` cannot express it.
 *
 * @internal
 */
export class HubspotLegacyScheme extends SecretScheme<GivenDigests> implements SigningScheme {
  readonly #signature = new SignatureHeader({ header: 'x-hubspot-signature' }, DIGEST_LENGTH);
  readonly #facts: EventFactReader;
  readonly #signsUrl: boolean;
  readonly #url: SignedUrl;

  /**
   * @throws {ConfigurationError} for a missing or blank secret, an unknown version, and
   * version 2 without a URL
   */
  constructor(
    secret: Secret,
    version: 'v1' | 'v2',
    url: HmacOptions['url'],
    facts: EventFactOptions,
  ) {
    super('hubspot', secret);
    this.#facts = new EventFactReader(facts);
    this.#signsUrl = choice('version', version, ['v1', 'v2']) === 'v2';
    this.#url = new SignedUrl(this.#signsUrl ? url : undefined);
    if (this.#signsUrl && url === undefined) {
      throw ConfigurationError.because(
        'url',
        'Version 2 of the signature covers the URL, and none was given.',
        'Set `url`, the public URL that HubSpot posts to.',
      );
    }
  }

  sign({ body: content, method = 'POST', url, headers = {} }: SignInput): SignedMessage {
    const key = this.keys.signingKey();
    const body = bytesOf(content);
    const signedUrl = this.#url.toSign({ method, url, headers, body }, this.name);
    return { headers: this.#signature.write(this.#digest(key, method, signedUrl, body)), body };
  }

  protected read({ headers }: SignedRequest): GivenDigests | Refused {
    return this.#signature.read(headers);
  }

  protected indexOfKey(
    keys: readonly Buffer[],
    { signatures }: GivenDigests,
    request: SignedRequest,
  ): number {
    const url = this.#url.of(request);
    return keys.findIndex((key) =>
      isOneOf(signatures, this.#digest(key, request.method, url, request.body)),
    );
  }

  protected verified(request: SignedRequest, keyIndex: number): Verification {
    return this.#facts.verified(request, keyIndex);
  }

  #digest(key: Buffer, method: string, url: string, body: Uint8Array): Buffer {
    const hash = createHash('sha256').update(key);
    if (this.#signsUrl) hash.update(`${method}${url}`, 'utf8');
    return hash.update(body).digest();
  }
}
