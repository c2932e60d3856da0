import { createHmac, timingSafeEqual } from 'node:crypto';
import { ConfigurationError } from '../errors/configuration.error.js';
import { ContentTemplate, type ContentValues } from './content.template.js';
import { readFacts } from './event-fact.js';
import type { HmacOptions } from './hmac.options.js';
import { Keys } from './secrets.js';
import type { EventFacts, SignedRequest, Verification } from './signature-scheme.js';
import { SignatureHeader } from './signature.header.js';
import type { SigningScheme, SignInput } from './signing.scheme.js';
import { Timestamp } from './timestamp.js';

/**
 * The scheme of most senders: a keyed hash over the body, and often over an id and a timestamp. It
 * expresses a sender that has no scheme of its own here.
 *
 * @param options how the sender signs
 * @throws {ConfigurationError} for a missing or blank secret, and for options that do not fit together
 *
 * @example
 * ```ts
 * hmac({
 *   secret: process.env.SHOP_SECRET,
 *   signature: { header: 'x-shop-signature', prefix: 'sha256=' },
 *   id: { header: 'x-shop-delivery' },
 *   type: { path: 'topic' },
 * })
 * ```
 * @publicApi
 */
export function hmac(options: HmacOptions): SigningScheme {
  return new HmacScheme(options);
}

class HmacScheme implements SigningScheme {
  readonly name: string;
  private readonly algorithm: string;
  private readonly keys: Keys;
  private readonly signature: SignatureHeader;
  private readonly timestamp: Timestamp | undefined;
  private readonly content: ContentTemplate;
  private readonly idHeader: string | undefined;
  private readonly url: string;

  constructor(private readonly options: HmacOptions) {
    this.name = options.name ?? 'hmac';
    this.algorithm = options.algorithm ?? 'sha256';
    this.keys = new Keys(options.secret, options.key ?? {});
    const digestLength = createHmac(this.algorithm, 'any').digest().length;
    this.signature = new SignatureHeader(options.signature, digestLength);
    this.timestamp = options.timestamp && new Timestamp(options.timestamp);
    this.content = new ContentTemplate(options.content ?? '{body}');
    this.idHeader = (options.idHeader ?? headerOf(options.id))?.toLowerCase();
    this.url = options.url ?? '';
    this.assertComplete();
  }

  verify(request: SignedRequest, now: Date): Verification | Promise<Verification> {
    const entries = this.signature.read(request.headers);
    if (!entries.ok) return entries;
    const timestamp = this.timestamp?.read(request.headers, entries.others);
    if (timestamp?.ok === false) return timestamp;
    const id = this.readId(request);
    if (id === undefined) return { ok: false, reason: 'malformed-signature' };
    const values: ContentValues = {
      id,
      timestamp: timestamp?.text ?? '',
      method: request.method,
      url: this.url,
      body: request.body,
    };
    const judge = (keys: readonly Buffer[] | undefined): Verification => {
      if (keys === undefined) return { ok: false, reason: 'key-unavailable' };
      const keyIndex = this.matchingKey(keys, entries.digests, values);
      if (keyIndex < 0) return { ok: false, reason: 'signature-mismatch' };
      // Only now: who cannot sign is not told what our clock says.
      const reason = timestamp && this.timestamp?.judge(timestamp.at, now);
      return reason === undefined ? { ok: true, keyIndex } : { ok: false, reason };
    };
    const { constant } = this.keys;
    return constant === undefined ? this.keys.for(request).then(judge) : judge(constant);
  }

  describe(request: SignedRequest, payload: unknown): EventFacts {
    return readFacts(this.options, request, payload);
  }

  sign({
    body,
    id = '',
    timestamp = new Date(),
    method = 'POST',
  }: SignInput): Record<string, string> {
    const key = this.keys.constant?.[0];
    if (key === undefined) {
      throw ConfigurationError.because(
        'secret',
        'A scheme whose secret depends on the request cannot sign.',
        'Create one with a constant secret for signing.',
      );
    }
    const time = this.timestamp?.write(timestamp);
    const values: ContentValues = { id, timestamp: time?.text ?? '', method, url: this.url, body };
    return {
      ...(this.idHeader === undefined || id === '' ? {} : { [this.idHeader]: id }),
      ...time?.headers,
      ...this.signature.write(this.digest(key, values), time?.entry),
    };
  }

  private readId(request: SignedRequest): string | undefined {
    if (!this.content.uses('id') || this.idHeader === undefined) return '';
    const id = request.headers[this.idHeader];
    return typeof id === 'string' && id !== '' && this.content.takesId(id) ? id : undefined;
  }

  private matchingKey(
    keys: readonly Buffer[],
    digests: readonly Buffer[],
    values: ContentValues,
  ): number {
    return keys.findIndex((key) => {
      const expected = this.digest(key, values);
      return digests.some((digest) => timingSafeEqual(digest, expected));
    });
  }

  private digest(key: Buffer, values: ContentValues): Buffer {
    return this.content.feed(createHmac(this.algorithm, key), values).digest();
  }

  private assertComplete(): void {
    const missing = (
      [
        ['id', this.idHeader, '`idHeader`, or `id` with a header'],
        ['timestamp', this.timestamp, '`timestamp`'],
        ['url', this.options.url, '`url`, the public URL that the sender posts to'],
      ] as const
    ).find(([placeholder, value]) => this.content.uses(placeholder) && value === undefined);
    if (missing === undefined) return;
    throw ConfigurationError.because(
      'content',
      `The signed content has {${missing[0]}}, but nothing says where it comes from.`,
      `Set ${missing[2]}.`,
    );
  }
}

function headerOf(fact: HmacOptions['id']): string | undefined {
  return typeof fact === 'object' && 'header' in fact ? fact.header : undefined;
}
