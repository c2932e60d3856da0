import { createHmac, timingSafeEqual, type Hmac } from 'node:crypto';
import { ConfigurationError } from '../../errors/configuration.error.js';
import { WebhookError } from '../../errors/webhook.error.js';
import { choice } from '../parts/choice.js';
import type { ContentPart, ExplainingScheme } from '../parts/content-part.js';
import { ContentTemplate, type ContentValues } from '../parts/content.template.js';
import { EventFactReader } from '../facts/event-fact.reader.js';
import { Handshake } from '../handshake/handshake.js';
import { headerNames, headerValue, type HeaderName } from '../parts/header-name.js';
import type { HmacOptions } from './hmac.options.js';
import { KeyUnavailableError } from '../keys/key-unavailable.error.js';
import { Keys } from '../keys/secrets.js';
import { SENDABLE_ID } from '../parts/sendable-id.js';
import type {
  RefusalReason,
  SenderAnswers,
  SignatureScheme,
  SignedRequest,
  Verification,
  VerifyContext,
} from '../signature-scheme.js';
import { SignatureHeader } from '../parts/signature.header.js';
import type { SignedMessage, SigningScheme, SignInput } from '../signing.scheme.js';
import { Timestamp } from '../parts/timestamp.js';
import { signingKey } from '../parts/with-keys.js';

/** What a header can hold, as Node.js gives it, and not more than anybody needs for an id. */
const RECEIVED_ID = /^[\x20-\x7e\x80-\xff]{1,4096}$/;

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

/** A request whose headers are read, and whose signature is still to be judged. */
interface Attempt {
  readonly request: SignedRequest;
  readonly now: Date;
  readonly family: number;
  readonly digests: readonly Buffer[];
  /** When it was made, in milliseconds, where a header says so. */
  readonly at: number | undefined;
  readonly values: ContentValues;
}

class HmacScheme implements SigningScheme, ExplainingScheme {
  readonly name: string;
  readonly answers?: SenderAnswers;
  readonly handshakeMethods?: readonly string[];
  readonly handshake?: NonNullable<SignatureScheme['handshake']>;
  private readonly algorithm: string;
  private readonly keys: Keys;
  private readonly signature: SignatureHeader;
  private readonly timestamp: Timestamp | undefined;
  private readonly content: ContentTemplate;
  private readonly idNames: readonly [string, ...string[]] | undefined;
  private readonly url: HmacOptions['url'];
  private readonly facts: EventFactReader;
  /** For the digest that a request is compared with; private at run time, as it may be a right one. */
  readonly #expected: Buffer;

  // The secret is kept nowhere but in the keys, which do not show it.
  constructor({ secret, ...options }: HmacOptions) {
    this.name = options.name ?? 'hmac';
    if (options.answers !== undefined) this.answers = options.answers;
    this.algorithm = choice('algorithm', options.algorithm ?? 'sha256', [
      'sha1',
      'sha256',
      'sha384',
      'sha512',
    ]);
    this.keys = new Keys(secret, options.key ?? {}, { scheme: this.name });
    const digestLength = createHmac(this.algorithm, 'any').digest().length;
    this.#expected = Buffer.alloc(digestLength);
    this.signature = new SignatureHeader(options.signature, digestLength);
    const { families } = this.signature;
    this.timestamp = options.timestamp && new Timestamp(options.timestamp, families);
    this.content = new ContentTemplate(options.content ?? '{body}');
    const idHeader = options.idHeader ?? headerOf(options.id);
    this.idNames = idHeader === undefined ? undefined : headerNames('idHeader', idHeader, families);
    this.url = options.url;
    this.facts = new EventFactReader(options, families);
    this.assertComplete();
    assertTellsEntriesApart(options);
    if (options.handshake !== undefined) {
      const handshake = new Handshake(
        options.handshake,
        (request, context) => this.verify(request, context),
        (content, request) => this.digestFor(content, request),
      );
      this.handshakeMethods = handshake.methods;
      this.handshake = (request, context) => handshake.answer(request, context);
    }
  }

  verify(request: SignedRequest, { now }: VerifyContext): Verification | Promise<Verification> {
    const { headers } = request;
    const entries = this.signature.read(headers);
    if (!entries.ok) return entries;
    this.facts.expectIn(request);
    const { family, digests } = entries;
    const time =
      this.timestamp === undefined || this.timestamp.isInBody
        ? undefined
        : this.timestamp.read(headers, family, entries.others);
    if (time?.ok === false) return time;
    const id = this.readId(headers, family);
    if (!id.ok) return id;
    const values: ContentValues = {
      id: id.text,
      timestamp: time?.text ?? '',
      method: request.method,
      url: this.urlOf(request),
      body: request.body,
    };
    const attempt: Attempt = { request, now, family, digests, at: time?.at, values };
    const { constant } = this.keys;
    return constant === undefined ? this.lookUpAndJudge(attempt) : this.judge(attempt, constant);
  }

  sign({
    body: content,
    id = '',
    timestamp = new Date(),
    method = 'POST',
    url,
    headers = {},
  }: SignInput): SignedMessage {
    const key = signingKey(this.keys);
    this.assertSendable(id);
    const body = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    const time = this.timestamp?.isInBody === false ? this.timestamp.write(timestamp) : undefined;
    const request: SignedRequest = { method, url: url ?? '', headers, body };
    if (this.timestamp !== undefined && time === undefined) this.assertTimeInBody(request);
    if (this.content.uses('url') && typeof this.url === 'function' && url === undefined) {
      throw this.unsignable('signs the URL, and none was given. Set `url`.');
    }
    const values: ContentValues = {
      id,
      timestamp: time?.text ?? '',
      method,
      url: typeof this.url === 'function' ? this.url(request) : (url ?? this.url ?? ''),
      body,
    };
    return {
      headers: {
        ...(this.idNames === undefined || id === '' ? {} : { [this.idNames[0]]: id }),
        ...time?.headers,
        ...this.signature.write(this.hmac(key, values).digest(), time?.entry),
      },
      body,
    };
  }

  contentOf(request: SignedRequest): readonly ContentPart[] {
    const { headers, method, body } = request;
    const entries = this.signature.read(headers);
    const { family, others } = entries.ok ? entries : { family: 0, others: [] };
    const time =
      this.timestamp?.isInBody === false ? this.timestamp.read(headers, family, others) : undefined;
    const id = this.idNames && headerValue(headers, this.idNames, family);
    return this.content.partsOf({
      id: typeof id === 'string' ? id : '',
      timestamp: time?.ok === true ? time.text : '',
      method,
      url: this.urlOf(request),
      body,
    });
  }

  private async lookUpAndJudge(attempt: Attempt): Promise<Verification> {
    const keys = await this.keys.for(attempt.request);
    return keys === undefined ? KEY_UNAVAILABLE : this.judge(attempt, keys);
  }

  private judge(attempt: Attempt, keys: readonly Buffer[]): Verification {
    const keyIndex = this.matchingKey(keys, attempt.digests, attempt.values);
    if (keyIndex < 0) return MISMATCH;
    // Only now: who cannot sign is not told what our clock says.
    const reason = this.judgeTime(attempt);
    if (reason !== undefined) return { ok: false, reason };
    return this.facts.verified(attempt.request, keyIndex, attempt.family);
  }

  private judgeTime({ request, now, at }: Attempt): RefusalReason | undefined {
    if (this.timestamp === undefined) return undefined;
    if (at !== undefined) return this.timestamp.judge(at, now);
    const time = this.timestamp.readBody(request);
    return time.ok ? this.timestamp.judge(time.at, now) : time.reason;
  }

  private matchingKey(
    keys: readonly Buffer[],
    digests: readonly Buffer[],
    values: ContentValues,
  ): number {
    const expected = this.#expected;
    let keyIndex = 0;
    for (const key of keys) {
      // As a text, one character a byte: memory for a new buffer costs more than this copy.
      expected.write(this.hmac(key, values).digest('binary'), 'binary');
      for (const digest of digests) if (timingSafeEqual(digest, expected)) return keyIndex;
      keyIndex += 1;
    }
    return -1;
  }

  private hmac(key: Buffer, values: ContentValues): Hmac {
    return this.content.feed(createHmac(this.algorithm, key), values);
  }

  /** For answers of handshakes. */
  private async digestFor(content: string | Uint8Array, request: SignedRequest): Promise<Buffer> {
    const [key] = (await this.keys.for(request)) ?? [];
    if (key === undefined) throw new KeyUnavailableError(`The ${this.name} scheme has no secret.`);
    return createHmac(this.algorithm, key).update(content).digest();
  }

  private urlOf(request: SignedRequest): string {
    if (!this.content.uses('url')) return '';
    return typeof this.url === 'function' ? this.url(request) : (this.url ?? '');
  }

  private readId(headers: SignedRequest['headers'], family: number): IdReading {
    if (!this.content.uses('id') || this.idNames === undefined) return NO_ID;
    const id = headerValue(headers, this.idNames, family);
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
    const unsent = !signed && (id === '' || this.idNames === undefined);
    if (unsent || (SENDABLE_ID.test(id) && (!signed || this.content.takesId(id)))) return;
    throw this.unsignable(
      id === ''
        ? 'signs an id, and none was given. Set `id`.'
        : 'cannot send this `id`. Use letters, digits, - and _, up to 4096.',
    );
  }

  private assertTimeInBody(request: SignedRequest): void {
    if (this.timestamp?.isInBody === true) {
      // Read as the other side will: it goes by the content type, and JSON shows.
      if (this.timestamp.readBody(request).ok) return;
      throw this.unsignable('has its time in the body, and this body has none. Put it there.');
    }
    throw this.unsignable('cannot write this `timestamp`. Give the instant of the attempt.');
  }

  private unsignable(problem: string): WebhookError {
    return new WebhookError('UNSIGNABLE', `The ${this.name} scheme ${problem}`);
  }

  private assertComplete(): void {
    const missing = (
      [
        ['id', this.idNames, '`idHeader`, or `id` with a header'],
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
    if (this.timestamp === undefined) return;
    if (this.timestamp.isInBody === this.content.uses('timestamp')) {
      throw this.timestamp.isInBody
        ? ConfigurationError.because(
            'timestamp.path',
            'A timestamp in the body is read after the signature, and cannot be part of its content.',
            'Leave {timestamp} out of `content`: the body is signed.',
          )
        : ConfigurationError.because(
            'timestamp',
            'The timestamp is not part of the signed content: whoever replays a request could change it.',
            'Add {timestamp} to `content`; where the sender does not sign it, leave `timestamp` out.',
          );
    }
  }
}

type IdReading =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: RefusalReason };

const NO_ID: IdReading = { ok: true, text: '' };
const MISMATCH: Verification = { ok: false, reason: 'signature-mismatch' };
const KEY_UNAVAILABLE: Verification = { ok: false, reason: 'key-unavailable' };

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

function headerOf(fact: HmacOptions['id']): HeaderName | undefined {
  return typeof fact === 'object' && 'header' in fact ? fact.header : undefined;
}
