import type { EventFactOptions } from '../facts/event-fact.js';
import { EventFactReader } from '../facts/event-fact.reader.js';
import { bytesOf } from '../parts/bytes-of.js';
import { Handshake, type HandshakeOptions } from '../handshake/handshake.js';
import { headerText } from '../parts/header-text.js';
import { PublicKeys, type PublicKeysOptions } from '../keys/public-keys.js';
import type {
  SignatureScheme,
  SignedRequest,
  Verification,
  VerifyContext,
} from '../signature-scheme.js';
import type { SignedMessage, SigningScheme, SignInput } from '../signing.scheme.js';
import { decodeBase64, decodeHex } from '../parts/strict-encoding.js';
import { Timestamp } from '../parts/timestamp.js';
import { unsignable } from '../parts/unsignable.js';

/** How a sender signs a timestamp and the body, one after the other, with a private key. */
export interface PublicKeySchemeOptions extends EventFactOptions, PublicKeysOptions {
  readonly name: string;
  /** In lower case. */
  readonly signatureHeader: string;
  /** `hex` for the 64 bytes of ed25519; `base64` for DER. */
  readonly encoding: 'hex' | 'base64';
  /** In lower case; seconds since the epoch. */
  readonly timestampHeader: string;
  readonly toleranceSeconds: number;
  readonly handshake?: HandshakeOptions;
}

const ED25519_LENGTH = 64;

/**
 * A signature over `{timestamp}{body}` that a public key checks. Nothing stands between the two: the
 * strict syntax of the time keeps characters of the body from moving into it, as a time of another
 * length would be another century.
 *
 * @internal
 */
export class PublicKeyScheme implements SigningScheme {
  readonly name: string;
  readonly handshake?: NonNullable<SignatureScheme['handshake']>;
  readonly #keys: PublicKeys;
  readonly #timestamp: Timestamp;
  readonly #facts: EventFactReader;
  readonly #signatureHeader: string;
  readonly #encoding: 'hex' | 'base64';

  /** @throws {ConfigurationError} for a missing or unusable key, and for a tolerance not above 0 */
  constructor(options: PublicKeySchemeOptions) {
    this.name = options.name;
    this.#signatureHeader = options.signatureHeader;
    this.#encoding = options.encoding;
    this.#keys = new PublicKeys(options);
    const { timestampHeader: header, toleranceSeconds } = options;
    this.#timestamp = new Timestamp({ header, toleranceSeconds }, 1);
    this.#facts = new EventFactReader(options);
    if (options.handshake !== undefined) {
      const handshake = new Handshake(options.handshake, (request, context) =>
        this.verify(request, context),
      );
      this.handshake = (request, context) => handshake.answer(request, context);
    }
  }

  verify(request: SignedRequest, { now }: VerifyContext): Verification {
    const header = headerText(request.headers, this.#signatureHeader);
    if (!header.ok) return header;
    const signature =
      this.#encoding === 'hex' ? decodeHex(header.text, ED25519_LENGTH) : decodeBase64(header.text);
    if (signature === undefined) return { ok: false, reason: 'malformed-signature' };
    const time = this.#timestamp.read(request.headers, 0, []);
    if (!time.ok) return time;
    const keyIndex = this.#keys.find(contentOf(time.text, request.body), signature);
    if (keyIndex < 0) return { ok: false, reason: 'signature-mismatch' };
    const reason = this.#timestamp.judge(time.at, now);
    return reason === undefined ? this.#facts.verified(request, keyIndex) : { ok: false, reason };
  }

  sign({ body: content, timestamp = new Date() }: SignInput): SignedMessage {
    const body = bytesOf(content);
    const time = this.#timestamp.write(timestamp);
    if (time === undefined) {
      throw unsignable(
        this.name,
        'cannot write this `timestamp`. Give the instant of the attempt.',
      );
    }
    const signature = this.#keys.sign(contentOf(time.text, body));
    return {
      headers: { [this.#signatureHeader]: signature.toString(this.#encoding), ...time.headers },
      body,
    };
  }
}

function contentOf(timestamp: string, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(timestamp, 'latin1'), body]);
}
