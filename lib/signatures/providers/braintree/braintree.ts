import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { outlineFields } from '../../../event/form-outline.js';
import { URL_ENCODED_FORM } from '../../../event/media-type.js';
import { ConfigurationError } from '../../../errors/configuration.error.js';
import { bytesOf } from '../../parts/bytes-of.js';
import { isForm } from '../../parts/is-form.js';
import { echo } from '../../handshake/handshake-answer.js';
import { Handshake, type ChallengeAnswer } from '../../handshake/handshake.js';
import { parseRfc3339 } from '../../parts/rfc3339.js';
import { Keys } from '../../keys/secrets.js';
import type {
  HandshakeContext,
  SignedRequest,
  Verification,
  VerifyContext,
} from '../../signature-scheme.js';
import type { SignedMessage, SigningScheme, SignInput } from '../../signing.scheme.js';
import { decodeHex } from '../../parts/strict-encoding.js';

/**
 * A pair of Braintree's API keys.
 *
 * @publicApi
 */
export interface BraintreeKeyPair {
  /** It says which private key signed, and verifies nothing itself. */
  readonly publicKey: string | undefined;
  readonly privateKey: string | undefined;
}

/**
 * Options of `braintree()`.
 *
 * @publicApi
 */
export interface BraintreeOptions {
  /** The API keys: one pair, or several while they are rotated. */
  readonly keys: BraintreeKeyPair | readonly BraintreeKeyPair[];
}

/**
 * Braintree: a form with a signature and an XML document in base64, under the API's private key. The
 * `GET` by which Braintree checks the URL (`bt_challenge`) is answered.
 *
 * The event's type and time are `kind` and `timestamp` of the document; there is no id. The handler gets
 * `bt_payload`, in base64.
 *
 * The whole document is signed. Its time is the event's and not the attempt's, as Braintree goes on for
 * a day, so no tolerance is asked for. A form of more than 512 KiB is refused.
 *
 * @param options the API keys
 * @throws {ConfigurationError} for a missing or blank key
 * @example
 * ```ts
 * braintree({
 *   keys: {
 *     publicKey: process.env.BRAINTREE_PUBLIC_KEY,
 *     privateKey: process.env.BRAINTREE_PRIVATE_KEY,
 *   },
 * })
 * ```
 * @see Braintree documentation, "Webhooks: Parse"
 * @publicApi
 */
export function braintree(options: BraintreeOptions): SigningScheme {
  return new BraintreeScheme(options);
}

/** Longest form, in bytes. */
const LONGEST_FORM = 524_288;
const DIGEST_LENGTH = 20;
const MAX_PAIRS = 16;
const BASE64_LINES = /^[A-Za-z0-9+/=\n]+$/;
/** The answer is an HMAC of the challenge: of nothing that could be a payload. */
const CHALLENGE = /^[a-f0-9]{20,32}$/;
const KIND = /<kind>([\w-]{1,255})<\/kind>/;
const TIMESTAMP = /<timestamp[^>]{0,64}>([^<]{1,64})<\/timestamp>/;

/** All that is read of a form. */
const NAMES = ['bt_signature', 'bt_payload'] as const;
/** A pair of 64 characters for each key. */
const LONGEST_SIGNATURE = 4_096;

/** Of SHA-1; the key is a digest, and shorter. */
const BLOCK = 64;
const LINE_FEED = Buffer.from('\n', 'latin1');
const MISSING: Verification = { ok: false, reason: 'missing-signature' };
const MALFORMED: Verification = { ok: false, reason: 'malformed-signature' };

class BraintreeScheme implements SigningScheme {
  readonly name = 'braintree';
  readonly handshakeMethods = ['GET'];
  readonly #publicKeys: readonly string[];
  readonly #keys: readonly Buffer[];
  readonly #handshake = new Handshake(
    {
      methods: ['GET'],
      unsigned: ({ request, query }) =>
        request.method === 'GET' ? this.#answer(query.get('bt_challenge')) : undefined,
    },
    (request, context) => this.verify(request, context),
  );

  constructor({ keys }: BraintreeOptions) {
    const pairs = Array.isArray(keys)
      ? [...(keys as BraintreeKeyPair[])]
      : [keys as BraintreeKeyPair];
    this.#publicKeys = pairs.map((pair) => requirePublicKey(pair?.publicKey));
    const { constant = [] } = new Keys(
      pairs.map((pair) => pair?.privateKey),
      {},
      { scheme: this.name, option: 'keys.privateKey' },
    );
    this.#keys = constant.map((key) => createHash('sha1').update(key).digest());
  }

  verify(request: SignedRequest, _context: VerifyContext): Verification {
    const fields = isForm(request)
      ? outlineFields(request.body, { longest: LONGEST_FORM, names: NAMES })
      : [];
    const [signatures, payloads] = NAMES.map((wanted) =>
      (fields ?? []).filter(({ name }) => name === wanted).map(({ value }) => value),
    );
    const [signature, ...moreSignatures] = signatures ?? [];
    const [payload, ...morePayloads] = payloads ?? [];
    if (signature === undefined || signature.length === 0) return MISSING;
    const isOne = moreSignatures.length + morePayloads.length === 0;
    if (payload === undefined || !isOne || signature.length > LONGEST_SIGNATURE) return MALFORMED;
    const keyIndex = this.#find(signature.toString('latin1'), payload);
    const text = keyIndex < 0 ? '' : payload.toString('latin1');
    if (keyIndex >= 0 && !BASE64_LINES.test(text)) return MALFORMED;
    return keyIndex < 0
      ? { ok: false, reason: 'signature-mismatch' }
      : { ok: true, keyIndex, dataPath: 'bt_payload', ...factsOf(text) };
  }

  handshake(request: SignedRequest, context: HandshakeContext): ChallengeAnswer {
    return this.#handshake.answer(request, context);
  }

  /** Makes a form of an XML document. */
  sign({ body }: SignInput): SignedMessage {
    const payload = Buffer.from(bytesOf(body)).toString('base64');
    const form = new URLSearchParams({ bt_signature: this.#pair(payload), bt_payload: payload });
    return {
      headers: { 'content-type': URL_ENCODED_FORM },
      body: Buffer.from(form.toString(), 'latin1'),
    };
  }

  #find(signature: string, payload: Buffer): number {
    const tried = new Set<number>();
    for (const pair of signature.split('&', MAX_PAIRS)) {
      const [publicKey = '', hex = '', ...more] = pair.split('|', 3);
      const index = this.#publicKeys.indexOf(publicKey);
      const key = this.#keys[index];
      const digest = decodeHex(hex, DIGEST_LENGTH);
      if (key === undefined || digest === undefined || more.length > 0) continue;
      // Each key signs once: more of its signatures would have the same payload hashed again and again.
      if (tried.has(index)) continue;
      tried.add(index);
      if (digestsOf(key, payload).some((expected) => timingSafeEqual(digest, expected)))
        return index;
    }
    return -1;
  }

  #answer(challenge: string | null): ChallengeAnswer {
    return challenge !== null && CHALLENGE.test(challenge)
      ? echo(this.#pair(challenge))
      : undefined;
  }

  #pair(content: string): string {
    const [publicKey = ''] = this.#publicKeys;
    const [key = Buffer.alloc(0)] = this.#keys;
    return `${publicKey}|${createHmac('sha1', key).update(content).digest('hex')}`;
  }
}

/**
 * HMACs of the payload, and of it with the line break about which their libraries disagree. Made by hand
 * (RFC 2104), so that the payload is hashed once for both.
 */
function digestsOf(key: Buffer, payload: Buffer): Buffer[] {
  const padded = (byte: number): Buffer =>
    Buffer.alloc(BLOCK, byte).map((pad, at) => pad ^ (key[at] ?? 0)) as Buffer;
  const hashed = createHash('sha1').update(padded(0x36)).update(payload);
  return [hashed.copy(), hashed.update(LINE_FEED)].map((inner) =>
    createHash('sha1').update(padded(0x5c)).update(inner.digest()).digest(),
  );
}

function requirePublicKey(given: unknown): string {
  if (typeof given === 'string' && /^[\w-]+$/.test(given)) return given;
  throw ConfigurationError.invalidOption(
    'keys.publicKey',
    'a public key of letters and digits',
    given,
    'Set it to the one that Braintree shows beside the private key.',
  );
}

function factsOf(payload: string): { eventType?: string; occurredAt?: Date } {
  const document = Buffer.from(payload, 'base64').toString('utf8');
  const type = KIND.exec(document)?.[1];
  const at = parseRfc3339(TIMESTAMP.exec(document)?.[1] ?? '');
  return {
    ...(type === undefined ? {} : { eventType: type }),
    ...(at === undefined ? {} : { occurredAt: new Date(at) }),
  };
}
