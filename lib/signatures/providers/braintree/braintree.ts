import { createHash, createHmac } from 'node:crypto';
import { ConfigurationError } from '../../../errors/configuration.error.js';
import { outlineFields } from '../../../event/form-outline.js';
import { URL_ENCODED_FORM } from '../../../event/media-type.js';
import { echo } from '../../handshake/handshake-answer.js';
import { Handshake, type ChallengeAnswer } from '../../handshake/handshake.js';
import { Keys } from '../../keys/secrets.js';
import { bytesOf } from '../../parts/bytes-of.js';
import { isOneOf } from '../../parts/content-hmac.js';
import { isForm } from '../../parts/is-form.js';
import { MALFORMED_SIGNATURE, MISSING_SIGNATURE } from '../../parts/refusals.js';
import { parseRfc3339 } from '../../parts/rfc3339.js';
import { decodeHex } from '../../parts/strict-encoding.js';
import { SignedRequestScheme, type Evidence } from '../../schemes/signed-request.scheme.js';
import type {
  EventFacts,
  HandshakeContext,
  Refused,
  SignedRequest,
  Verification,
} from '../../signature-scheme.js';
import type { SignedMessage, SigningScheme, SignInput } from '../../signing.scheme.js';

/**
 * A pair of Braintree's API keys.
 *
 * @publicApi
 */
export interface BraintreeKeyPair {
  /** The public key: it tells which private key signed, and verifies nothing itself. */
  readonly publicKey: string | undefined;
  /** The private key: signatures are made and verified with it. */
  readonly privateKey: string | undefined;
}

/**
 * Options of `braintree()`.
 *
 * @publicApi
 */
export interface BraintreeOptions {
  /** The API keys: one pair, or several while you rotate them; the first one signs. */
  readonly keys: BraintreeKeyPair | readonly BraintreeKeyPair[];
}

/**
 * Braintree: a form with an XML document in base64 (`bt_payload`) and its HMAC-SHA1 in hexadecimal
 * (`bt_signature`), made with the private key of the API.
 *
 * The event's type and time are `kind` and `timestamp` of the document; its data is `bt_payload`,
 * in base64. Braintree sends no event id, so the id is a digest of the body.
 *
 * Braintree signs the whole document. `timestamp` is the time of the event, not of the attempt, and
 * Braintree retries for a day, so the scheme has no tolerance. A form of more than 512 KiB is
 * refused.
 *
 * The scheme answers the `GET` request by which Braintree checks the URL (`bt_challenge`).
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
/** The answer is an HMAC of the challenge, so a challenge must not be able to be a payload. */
const CHALLENGE = /^[a-f0-9]{20,32}$/;
const KIND = /<kind>([\w-]{1,255})<\/kind>/;
const TIMESTAMP = /<timestamp[^>]{0,64}>([^<]{1,64})<\/timestamp>/;

/** The only fields that are read. */
const NAMES = ['bt_signature', 'bt_payload'] as const;
/** A pair of 64 characters for each key. */
const LONGEST_SIGNATURE = 4_096;

/** Block size of SHA-1, in bytes; the key is a digest, which is shorter. */
const BLOCK = 64;
const LINE_FEED = Buffer.from('\n', 'latin1');

interface SignedForm extends Evidence {
  readonly signature: string;
  readonly payload: Buffer;
}

class BraintreeScheme
  extends SignedRequestScheme<readonly Buffer[], SignedForm>
  implements SigningScheme
{
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
    super('braintree');
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

  handshake(request: SignedRequest, context: HandshakeContext): ChallengeAnswer {
    return this.#handshake.answer(request, context);
  }

  /** Puts an XML document into a form, and signs it. */
  sign({ body }: SignInput): SignedMessage {
    const payload = Buffer.from(bytesOf(body)).toString('base64');
    const form = new URLSearchParams({ bt_signature: this.#pair(payload), bt_payload: payload });
    return {
      headers: { 'content-type': URL_ENCODED_FORM },
      body: Buffer.from(form.toString(), 'latin1'),
    };
  }

  protected read(request: SignedRequest): SignedForm | Refused {
    const fields = isForm(request)
      ? outlineFields(request.body, { longest: LONGEST_FORM, names: NAMES })
      : [];
    const [signatures, payloads] = NAMES.map((wanted) =>
      (fields ?? []).filter(({ name }) => name === wanted).map(({ value }) => value),
    );
    const [signature, ...moreSignatures] = signatures ?? [];
    const [payload, ...morePayloads] = payloads ?? [];
    if (signature === undefined || signature.length === 0) return MISSING_SIGNATURE;
    const isOne = moreSignatures.length + morePayloads.length === 0;
    return payload === undefined || !isOne || signature.length > LONGEST_SIGNATURE
      ? MALFORMED_SIGNATURE
      : { ok: true, signature: signature.toString('latin1'), payload };
  }

  protected findKeys(): readonly Buffer[] {
    return this.#keys;
  }

  protected indexOfKey(keys: readonly Buffer[], { signature, payload }: SignedForm): number {
    const tried = new Set<number>();
    for (const pair of signature.split('&', MAX_PAIRS)) {
      const [publicKey = '', hex = '', ...more] = pair.split('|', 3);
      const index = this.#publicKeys.indexOf(publicKey);
      const key = keys[index];
      const digest = decodeHex(hex, DIGEST_LENGTH);
      if (key === undefined || digest === undefined || more.length > 0) continue;
      // Each key signs once: further signatures of it would make us hash the same payload again and again.
      if (tried.has(index)) continue;
      tried.add(index);
      if (digestsOf(key, payload).some((expected) => isOneOf([digest], expected))) return index;
    }
    return -1;
  }

  protected override objectionTo({ payload }: SignedForm): Refused | undefined {
    return BASE64_LINES.test(payload.toString('latin1')) ? undefined : MALFORMED_SIGNATURE;
  }

  protected verified(
    _request: SignedRequest,
    keyIndex: number,
    { payload }: SignedForm,
  ): Verification {
    const facts = factsOf(payload.toString('latin1'));
    return { ok: true, keyIndex, dataPath: 'bt_payload', ...facts };
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
 * HMACs of the payload without and with a line feed at its end: Braintree's own libraries differ in it. Computed
 * by hand (RFC 2104), so that the payload is hashed once for both.
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

function factsOf(payload: string): EventFacts {
  const document = Buffer.from(payload, 'base64').toString('utf8');
  const type = KIND.exec(document)?.[1];
  const at = parseRfc3339(TIMESTAMP.exec(document)?.[1] ?? '');
  return {
    ...(type === undefined ? {} : { eventType: type }),
    ...(at === undefined ? {} : { occurredAt: new Date(at) }),
  };
}
