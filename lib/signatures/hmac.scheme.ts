import { createHmac, timingSafeEqual } from 'node:crypto';
import { ConfigurationError } from '../errors/configuration.error.js';
import { WebhookError } from '../errors/webhook.error.js';
import { choice } from './choice.js';
import { ContentTemplate, type ContentValues } from './content.template.js';
import { readFacts, type EventFactOptions } from './event-fact.js';
import { headerName } from './header-name.js';
import type { HmacOptions } from './hmac.options.js';
import { Keys } from './secrets.js';
import type { EventFacts, RefusalReason, SignedRequest, Verification } from './signature-scheme.js';
import { SignatureHeader } from './signature.header.js';
import type { SigningScheme, SignInput } from './signing.scheme.js';
import { Timestamp } from './timestamp.js';

/** What a header can hold, as Node.js gives it, and not more than anybody needs for an id. */
const RECEIVED_ID = /^[\x20-\x7e\x80-\xff]{1,4096}$/;

/** What every HTTP client can send in a header, and no server trims. */
const SENT_ID = /^[\x21-\x7e]{1,4096}$/;

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
  private readonly url: string | undefined;
  private readonly facts: EventFactOptions;

  // The secret is kept nowhere but in the keys, which do not show it.
  constructor({ secret, ...options }: HmacOptions) {
    this.name = options.name ?? 'hmac';
    this.algorithm = choice('algorithm', options.algorithm ?? 'sha256', [
      'sha1',
      'sha256',
      'sha384',
      'sha512',
    ]);
    this.keys = new Keys(secret, options.key ?? {});
    const digestLength = createHmac(this.algorithm, 'any').digest().length;
    this.signature = new SignatureHeader(options.signature, digestLength);
    this.timestamp = options.timestamp && new Timestamp(options.timestamp);
    this.content = new ContentTemplate(options.content ?? '{body}');
    const idHeader = options.idHeader ?? headerOf(options.id);
    this.idHeader = idHeader === undefined ? undefined : headerName('idHeader', idHeader);
    this.url = options.url;
    this.facts = options;
    this.assertComplete();
    assertTellsEntriesApart(options);
  }

  verify(request: SignedRequest, now: Date): Verification | Promise<Verification> {
    const entries = this.signature.read(request.headers);
    if (!entries.ok) return entries;
    const timestamp = this.timestamp?.read(request.headers, entries.others);
    if (timestamp?.ok === false) return timestamp;
    const id = this.readId(request.headers);
    if (!id.ok) return id;
    const values: ContentValues = {
      id: id.text,
      timestamp: timestamp?.text ?? '',
      method: request.method,
      url: this.url ?? '',
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
    return readFacts(this.facts, request, payload);
  }

  sign({
    body,
    id = '',
    timestamp = new Date(),
    method = 'POST',
    url = this.url ?? '',
  }: SignInput): Record<string, string> {
    const key = this.keys.constant?.[0];
    if (key === undefined) {
      throw ConfigurationError.because(
        'secret',
        'A scheme whose secret depends on the request cannot sign.',
        'Create one with a constant secret for signing.',
      );
    }
    this.assertSendable(id);
    const time = this.timestamp?.write(timestamp);
    if (this.timestamp !== undefined && time === undefined) {
      throw new WebhookError(
        'UNSIGNABLE',
        `The ${this.name} scheme cannot write this \`timestamp\`. Give the instant of the attempt.`,
      );
    }
    const values: ContentValues = { id, timestamp: time?.text ?? '', method, url, body };
    return {
      ...(this.idHeader === undefined || id === '' ? {} : { [this.idHeader]: id }),
      ...time?.headers,
      ...this.signature.write(this.digest(key, values), time?.entry),
    };
  }

  private readId(headers: SignedRequest['headers']): IdReading {
    if (!this.content.uses('id') || this.idHeader === undefined) return { ok: true, text: '' };
    const id = headers[this.idHeader];
    if (id === undefined || (typeof id === 'string' && id.trim() === '')) {
      return { ok: false, reason: 'missing-signature' };
    }
    return typeof id === 'string' && RECEIVED_ID.test(id) && this.content.takesId(id)
      ? { ok: true, text: id }
      : { ok: false, reason: 'malformed-signature' };
  }

  /** Refuses to sign what the other side would refuse, or could not be sent. */
  private assertSendable(id: string): void {
    const signed = this.content.uses('id');
    const unsent = !signed && (id === '' || this.idHeader === undefined);
    if (unsent || (SENT_ID.test(id) && (!signed || this.content.takesId(id)))) return;
    throw new WebhookError(
      'UNSIGNABLE',
      id === ''
        ? `The ${this.name} scheme signs an id, and none was given. Set \`id\`.`
        : `The ${this.name} scheme cannot send this \`id\`. Use letters, digits, - and _, up to 4096.`,
    );
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
        ['url', this.url, '`url`, the public URL that the sender posts to'],
      ] as const
    ).find(([placeholder, value]) => this.content.uses(placeholder) && value === undefined);
    if (missing !== undefined) {
      throw ConfigurationError.because(
        'content',
        `The signed content has {${missing[0]}}, but nothing says where it comes from.`,
        `Set ${missing[2]}.`,
      );
    }
    if (this.timestamp === undefined || this.content.uses('timestamp')) return;
    throw ConfigurationError.because(
      'timestamp',
      'The timestamp is not part of the signed content: whoever replays a request could change it.',
      'Add {timestamp} to `content`; where the sender does not sign it, leave `timestamp` out.',
    );
  }
}

type IdReading =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: RefusalReason };

/** A timestamp in the signature's header has to be told from the signature. */
function assertTellsEntriesApart({ signature, timestamp }: Omit<HmacOptions, 'secret'>): void {
  if (timestamp === undefined || !('entry' in timestamp)) return;
  const { separator, prefix = '' } = signature;
  if (separator !== undefined && prefix !== '' && !timestamp.entry.startsWith(prefix)) return;
  throw ConfigurationError.because(
    'timestamp.entry',
    "The timestamp is an entry of the signature's header, but cannot be told from the signature.",
    "Set `signature.separator` and a `signature.prefix` of its own, such as ',' and 'v1='.",
  );
}

function headerOf(fact: HmacOptions['id']): string | undefined {
  return typeof fact === 'object' && 'header' in fact ? fact.header : undefined;
}
