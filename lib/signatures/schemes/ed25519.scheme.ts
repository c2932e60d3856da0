import { bytesOf } from '../parts/bytes-of.js';
import { ContentTemplate } from '../parts/content.template.js';
import type { EventFactOptions } from '../facts/event-fact.js';
import { EventFactReader } from '../facts/event-fact.reader.js';
import { headerNames, type HeaderName } from '../parts/header-name.js';
import { headerText } from '../parts/header-text.js';
import type { HmacOptions } from './hmac.options.js';
import { PublicKeys, type PublicKeysOptions } from '../keys/public-keys.js';
import { SENDABLE_ID } from '../parts/sendable-id.js';
import type { SignedRequest, Verification, VerifyContext } from '../signature-scheme.js';
import { SignatureHeader } from '../parts/signature.header.js';
import type { SignedMessage, SigningScheme, SignInput } from '../signing.scheme.js';
import { Timestamp } from '../parts/timestamp.js';
import { unsignable } from '../parts/unsignable.js';

/**
 * How a sender signs by ed25519 what others sign by an HMAC; see the options of the same names there.
 */
export interface Ed25519Options
  extends
    Omit<EventFactOptions, 'id'>,
    Required<Pick<HmacOptions, 'signature' | 'timestamp' | 'content'>>,
    Pick<PublicKeysOptions, 'publicKey' | 'privateKey' | 'label' | 'privateLabel'> {
  readonly name: string;
  /** The header of the event's id, which is signed. */
  readonly id: { readonly header: HeaderName };
}

const LENGTH = 64;

/**
 * A signature by ed25519 over an id, a timestamp and the body, as Standard Webhooks lays down for `v1a`.
 *
 * @internal
 */
export class Ed25519Scheme implements SigningScheme {
  readonly name: string;
  readonly #keys: PublicKeys;
  readonly #signature: SignatureHeader;
  readonly #timestamp: Timestamp;
  readonly #content: ContentTemplate;
  readonly #idNames: readonly [string, ...string[]];
  readonly #facts: EventFactReader;

  /** @throws {ConfigurationError} for a missing or unusable key, and for a tolerance not above 0 */
  constructor({ publicKey, privateKey, label, privateLabel, ...options }: Ed25519Options) {
    this.name = options.name;
    this.#keys = new PublicKeys({
      publicKey,
      privateKey,
      algorithm: 'ed25519',
      hash: null,
      ...(label !== undefined && { label }),
      ...(privateLabel !== undefined && { privateLabel }),
    });
    this.#signature = new SignatureHeader(options.signature, LENGTH);
    const { families } = this.#signature;
    this.#timestamp = new Timestamp(options.timestamp, families);
    this.#content = new ContentTemplate(options.content);
    this.#idNames = headerNames('id', options.id.header, families);
    this.#facts = new EventFactReader(options, families);
  }

  verify(request: SignedRequest, { now }: VerifyContext): Verification {
    const entries = this.#signature.read(request.headers);
    if (!entries.ok) return entries;
    const { family, others } = entries;
    const time = this.#timestamp.read(request.headers, family, others);
    if (!time.ok) return time;
    const id = headerText(request.headers, this.#idNames[family] ?? this.#idNames[0]);
    if (!id.ok) return id;
    if (!this.#takesId(id.text)) return { ok: false, reason: 'malformed-signature' };
    const content = this.#contentOf(id.text, time.text, request.body);
    const keyIndex = this.#keys.findAny(content, entries.digests);
    if (keyIndex < 0) return { ok: false, reason: 'signature-mismatch' };
    const reason = this.#timestamp.judge(time.at, now);
    return reason === undefined
      ? this.#facts.verified(request, keyIndex, family)
      : { ok: false, reason };
  }

  sign({ body: content, id = '', timestamp = new Date() }: SignInput): SignedMessage {
    if (!this.#takesId(id)) {
      throw unsignable(
        this.name,
        'signs an id, and cannot sign this one. Set `id`, of letters, digits, - and _.',
      );
    }
    const time = this.#timestamp.write(timestamp);
    if (time === undefined) {
      throw unsignable(
        this.name,
        'cannot write this `timestamp`. Give the instant of the attempt.',
      );
    }
    const body = bytesOf(content);
    const signature = this.#keys.sign(this.#contentOf(id, time.text, body));
    return {
      headers: {
        [this.#idNames[0]]: id,
        ...time.headers,
        ...this.#signature.write(signature, time.entry),
      },
      body,
    };
  }

  #takesId(id: string): boolean {
    return SENDABLE_ID.test(id) && this.#content.takesId(id);
  }

  #contentOf(id: string, timestamp: string, body: Uint8Array): Buffer {
    const parts = this.#content.partsOf({ id, timestamp, method: '', url: '', body });
    return Buffer.concat(parts.map(({ bytes }) => bytes));
  }
}
