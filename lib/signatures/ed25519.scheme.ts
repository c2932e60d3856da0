import { bytesOf } from './bytes-of.js';
import type { EventFactOptions } from './event-fact.js';
import { EventFactReader } from './event-fact.reader.js';
import { headerText } from './header-text.js';
import { PublicKeys, type PublicKey } from './public-keys.js';
import type { SignedRequest, Verification, VerifyContext } from './signature-scheme.js';
import { SignatureHeader } from './signature.header.js';
import type { SignedMessage, SigningScheme, SignInput } from './signing.scheme.js';
import { Timestamp } from './timestamp.js';
import { unsignable } from './unsignable.js';

/** The asymmetric half of the Standard Webhooks specification. */
export interface Ed25519Options {
  readonly name: string;
  readonly publicKey: PublicKey;
  readonly privateKey?: string | undefined;
  readonly toleranceSeconds: number;
  readonly facts: EventFactOptions;
}

const LENGTH = 64;

/** Of the characters that a header holds, without the dot: it ends the id in what is signed. */
const ID = /^[\x21-\x2d\x2f-\x7e]{1,4096}$/;

/**
 * A signature by ed25519 over `{id}.{timestamp}.{body}`, as Standard Webhooks lays down for `v1a`.
 *
 * @internal
 */
export class Ed25519Scheme implements SigningScheme {
  readonly name: string;
  readonly #keys: PublicKeys;
  readonly #signature: SignatureHeader;
  readonly #timestamp: Timestamp;
  readonly #facts: EventFactReader;

  /** @throws {ConfigurationError} for a missing or unusable key, and for a tolerance not above 0 */
  constructor({ name, publicKey, privateKey, toleranceSeconds, facts }: Ed25519Options) {
    this.name = name;
    this.#keys = new PublicKeys({
      publicKey,
      privateKey,
      algorithm: 'ed25519',
      hash: null,
      label: 'whpk_',
      privateLabel: 'whsk_',
    });
    this.#signature = new SignatureHeader(
      { header: 'webhook-signature', separator: ' ', prefix: 'v1a,', encoding: 'base64' },
      LENGTH,
    );
    this.#timestamp = new Timestamp({ header: 'webhook-timestamp', toleranceSeconds }, 1);
    this.#facts = new EventFactReader(facts);
  }

  verify(request: SignedRequest, { now }: VerifyContext): Verification {
    const entries = this.#signature.read(request.headers);
    if (!entries.ok) return entries;
    const time = this.#timestamp.read(request.headers, 0, []);
    if (!time.ok) return time;
    const id = headerText(request.headers, 'webhook-id');
    if (!id.ok) return id;
    if (!ID.test(id.text)) return { ok: false, reason: 'malformed-signature' };
    const content = contentOf(id.text, time.text, request.body);
    const keyIndex = Math.max(
      ...entries.digests.map((signature) => this.#keys.find(content, signature)),
    );
    if (keyIndex < 0) return { ok: false, reason: 'signature-mismatch' };
    const reason = this.#timestamp.judge(time.at, now);
    return reason === undefined ? this.#facts.verified(request, keyIndex) : { ok: false, reason };
  }

  sign({ body: content, id = '', timestamp = new Date() }: SignInput): SignedMessage {
    if (!ID.test(id)) {
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
    const signature = this.#keys.sign(contentOf(id, time.text, body));
    return {
      headers: { 'webhook-id': id, ...time.headers, ...this.#signature.write(signature) },
      body,
    };
  }
}

function contentOf(id: string, timestamp: string, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${id}.${timestamp}.`, 'latin1'), body]);
}
