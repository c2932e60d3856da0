import { createHash, createHmac } from 'node:crypto';
import { formOutline } from '../../event/form-outline.js';
import { URL_ENCODED_FORM } from '../../event/media-type.js';
import { valueAt } from '../../event/value-at.js';
import { ConfigurationError } from '../../errors/configuration.error.js';
import { bytesOf } from '../bytes-of.js';
import { isForm } from '../is-form.js';
import { echo } from '../handshake-answer.js';
import { Handshake, type ChallengeAnswer } from '../handshake.js';
import { matchingKey } from '../matching-key.js';
import { parseRfc3339 } from '../rfc3339.js';
import { Keys } from '../secrets.js';
import type {
  HandshakeContext,
  SignedRequest,
  Verification,
  VerifyContext,
} from '../signature-scheme.js';
import type { SignedMessage, SigningScheme, SignInput } from '../signing.scheme.js';
import { decodeHex } from '../strict-encoding.js';

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

const LINE_FEED = Buffer.from('\n', 'latin1');
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
    const form = isForm(request) ? formOutline(request.body, LONGEST_FORM) : undefined;
    const signature = valueAt(form, 'bt_signature');
    if (signature === undefined || signature === '') {
      return { ok: false, reason: 'missing-signature' };
    }
    const payload = valueAt(form, 'bt_payload');
    if (typeof signature !== 'string' || typeof payload !== 'string') return MALFORMED;
    const keyIndex = this.#find(signature, payload);
    if (keyIndex >= 0 && !BASE64_LINES.test(payload)) return MALFORMED;
    return keyIndex < 0
      ? { ok: false, reason: 'signature-mismatch' }
      : { ok: true, keyIndex, dataPath: 'bt_payload', ...factsOf(payload) };
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

  #find(signature: string, payload: string): number {
    const tried = new Set<number>();
    const bytes = Buffer.from(payload, 'utf8');
    for (const pair of signature.split('&', MAX_PAIRS)) {
      const [publicKey = '', hex = '', ...more] = pair.split('|', 3);
      const index = this.#publicKeys.indexOf(publicKey);
      const key = this.#keys[index];
      const digest = decodeHex(hex, DIGEST_LENGTH);
      if (key === undefined || digest === undefined || more.length > 0) continue;
      // Each key signs once: more of its signatures would have the same payload hashed again and again.
      if (tried.has(index)) continue;
      tried.add(index);
      // Their libraries disagree about the line break at the end.
      if (matchingKey('sha1', [key], [digest], [bytes, Buffer.concat([bytes, LINE_FEED])]) === 0)
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
