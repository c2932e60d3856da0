import { EventFactReader } from '../facts/event-fact.reader.js';
import { handshakeMembers } from '../handshake/handshake.js';
import { bytesOf } from '../parts/bytes-of.js';
import type { ContentPart, ExplainingScheme } from '../parts/content-part.js';
import { ContentTemplate, type ContentValues } from '../parts/content.template.js';
import { headerNames, type HeaderName } from '../parts/header-name.js';
import { IdHeader } from '../parts/id-header.js';
import { SignatureHeader } from '../parts/signature.header.js';
import { SignedUrl } from '../parts/signed-url.js';
import { Timestamp, type TimestampReading, type WrittenTimestamp } from '../parts/timestamp.js';
import { unsignable } from '../parts/unsignable.js';
import type {
  Refused,
  SenderAnswers,
  SignatureScheme,
  SignedRequest,
  Verification,
} from '../signature-scheme.js';
import type { SignedMessage, SigningScheme, SignInput } from '../signing.scheme.js';
import type { ContentSigner } from './content.signer.js';
import type { HmacOptions } from './hmac.options.js';
import { assertContentIsComplete, assertTellsEntriesApart } from './signed-content.checks.js';
import { SignedRequestScheme, type Evidence } from './signed-request.scheme.js';

/** What a sender signs, and where it puts the parts; see the options of the same names of `hmac()`. */
export interface SignedContentOptions extends Omit<
  HmacOptions,
  'name' | 'secret' | 'key' | 'algorithm'
> {
  readonly name: string;
  /** Syntax of received ids. @default whatever a header can hold */
  readonly idSyntax?: RegExp;
}

/** What a header can hold, as Node.js gives it; no sender needs a longer id. */
const RECEIVED_ID = /^[\x20-\x7e\x80-\xff]{1,4096}$/;

interface SignedContent extends Evidence {
  readonly family: number;
  readonly signatures: readonly Buffer[];
  /** The time of the attempt, if a header has it. */
  readonly time: TimestampReading | undefined;
  readonly values: ContentValues;
}

/**
 * A signature in a header over a content that is made of the request: an id, a time, the body. The signer knows
 * how it is signed: by an HMAC, or with a private key.
 *
 * @internal
 */
export class SignedContentScheme<Keys extends object>
  extends SignedRequestScheme<Keys, SignedContent>
  implements SigningScheme, ExplainingScheme
{
  readonly answers?: SenderAnswers;
  readonly handshakeMethods?: readonly string[];
  readonly handshake?: NonNullable<SignatureScheme['handshake']>;
  private readonly signature: SignatureHeader;
  private readonly timestamp: Timestamp | undefined;
  private readonly content: ContentTemplate;
  private readonly id: IdHeader;
  private readonly url: SignedUrl;
  private readonly facts: EventFactReader;

  /** @throws {ConfigurationError} for options that are wrong, or contradict each other */
  constructor(
    options: SignedContentOptions,
    private readonly signer: ContentSigner<Keys>,
  ) {
    super(options.name);
    if (options.answers !== undefined) this.answers = options.answers;
    this.signature = new SignatureHeader(options.signature, signer.signatureLength);
    const { families } = this.signature;
    this.timestamp = options.timestamp && new Timestamp(options.timestamp, families);
    this.content = new ContentTemplate(options.content ?? '{body}');
    const idHeader = options.idHeader ?? headerOf(options.id);
    const idNames =
      idHeader === undefined ? undefined : headerNames('idHeader', idHeader, families);
    this.id = new IdHeader(idNames, this.content, options.idSyntax ?? RECEIVED_ID);
    this.url = new SignedUrl(this.content.uses('url') ? options.url : undefined);
    this.facts = new EventFactReader(options, families);
    assertContentIsComplete(this.content, {
      id: idNames,
      timestamp: this.timestamp,
      url: options.url,
    });
    assertTellsEntriesApart(options);
    Object.assign(
      this,
      handshakeMembers(
        options.handshake,
        (request, context) => this.verify(request, context),
        signer.digest,
      ),
    );
  }

  sign(input: SignInput): SignedMessage {
    this.signer.assertSigns();
    const { id = '', timestamp = new Date(), method = 'POST', url, headers = {} } = input;
    this.id.assertSendable(id, this.name);
    const body = bytesOf(input.body);
    const time = this.writeTime(timestamp, { method, url: url ?? '', headers, body });
    const values: ContentValues = {
      id,
      timestamp: time?.text ?? '',
      method,
      url: this.url.toSign({ method, url, headers, body }, this.name),
      body,
    };
    return {
      headers: {
        ...this.id.write(id),
        ...time?.headers,
        ...this.signature.write(this.signer.sign(this.content, values), time?.entry),
      },
      body,
    };
  }

  contentOf(request: SignedRequest): readonly ContentPart[] {
    const { headers, method, body } = request;
    const entries = this.signature.read(headers);
    const { family, others } = entries.ok ? entries : { family: 0, others: [] };
    const time = this.readTime(headers, family, others);
    return this.content.partsOf({
      id: this.id.show(headers, family),
      timestamp: time?.ok === true ? time.text : '',
      method,
      url: this.url.of(request),
      body,
    });
  }

  protected read(request: SignedRequest): SignedContent | Refused {
    const { headers } = request;
    const entries = this.signature.read(headers);
    if (!entries.ok) return entries;
    this.facts.expectIn(request);
    const { family, signatures } = entries;
    const time = this.readTime(headers, family, entries.others);
    if (time?.ok === false) return time;
    const id = this.id.read(headers, family);
    if (!id.ok) return id;
    const values: ContentValues = {
      id: id.text,
      timestamp: time?.text ?? '',
      method: request.method,
      url: this.url.of(request),
      body: request.body,
    };
    return { ok: true, family, signatures, time, values };
  }

  protected findKeys(request: SignedRequest): Keys | undefined | Promise<Keys | undefined> {
    return this.signer.findKeys(request);
  }

  protected indexOfKey(keys: Keys, { signatures, values }: SignedContent): number {
    return this.signer.indexOfKey(keys, signatures, this.content, values);
  }

  protected override objectionTo(
    { time }: SignedContent,
    request: SignedRequest,
    now: Date,
  ): Refused | undefined {
    return this.timestamp?.judge(time ?? this.timestamp.readBody(request), now);
  }

  protected verified(
    request: SignedRequest,
    keyIndex: number,
    { family }: SignedContent,
  ): Verification {
    return this.facts.verified(request, keyIndex, family);
  }

  /** `undefined` if no header has it. A time in the body is read only if the signature is right. */
  private readTime(
    headers: SignedRequest['headers'],
    family: number,
    entries: readonly string[],
  ): TimestampReading | undefined {
    return this.timestamp === undefined || this.timestamp.isInBody
      ? undefined
      : this.timestamp.read(headers, family, entries);
  }

  private writeTime(at: Date, message: SignedRequest): WrittenTimestamp | undefined {
    if (this.timestamp === undefined) return undefined;
    if (!this.timestamp.isInBody) return this.timestamp.write(at, this.name);
    // Read it as the receiver will: by the content type, or by the look of JSON.
    if (this.timestamp.readBody(message).ok) return undefined;
    throw unsignable(this.name, 'has its time in the body, and this body has none. Put it there.');
  }
}

function headerOf(fact: HmacOptions['id']): HeaderName | undefined {
  return typeof fact === 'object' && 'header' in fact ? fact.header : undefined;
}
