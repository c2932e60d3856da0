import { type FormField, outlineFields } from '../../../event/form-outline.js';
import { URL_ENCODED_FORM } from '../../../event/media-type.js';
import { PublicKeys, type PublicKey } from '../../keys/public-keys.js';
import { bytesOf } from '../../parts/bytes-of.js';
import { isForm } from '../../parts/is-form.js';
import { MALFORMED_SIGNATURE, MISSING_SIGNATURE } from '../../parts/refusals.js';
import { parseRfc3339 } from '../../parts/rfc3339.js';
import { decodeBase64 } from '../../parts/strict-encoding.js';
import { unsignable } from '../../parts/unsignable.js';
import { SignedRequestScheme, type Evidence } from '../../schemes/signed-request.scheme.js';
import type { EventFacts, Refused, SignedRequest, Verification } from '../../signature-scheme.js';
import type { SignedMessage, SigningScheme, SignInput } from '../../signing.scheme.js';

/**
 * Options of `paddleClassic()`.
 *
 * @publicApi
 */
export interface PaddleClassicOptions {
  /** The account's public key (PEM), as Paddle shows it. */
  readonly publicKey: PublicKey;
  /** For tests that sign: PEM, or base64 of PKCS #8. With it, `publicKey` may be `undefined`. @default none */
  readonly privateKey?: string;
}

/**
 * Paddle Classic: the form's `p_signature` holds an RSA signature (with SHA-1) of all other fields,
 * in base64. For Paddle Billing, use `paddle()`.
 *
 * The event's id, type and time are the form's `alert_id`, `alert_name` and `event_time` (UTC); its
 * data is the form.
 *
 * Paddle Classic signs no timestamp: a request that is sent again is a duplicate by its id. A form
 * of more than 256 KiB or 256 fields is refused.
 *
 * @param options the public key
 * @throws {ConfigurationError} for a missing key, or one that is not RSA
 * @example
 * ```ts
 * paddleClassic({ publicKey: process.env.PADDLE_PUBLIC_KEY })
 * ```
 * @see Paddle Classic documentation, "Verifying Webhooks"
 * @publicApi
 */
export function paddleClassic(options: PaddleClassicOptions): SigningScheme {
  return new PaddleClassicScheme(options);
}

const SIGNATURE = 'p_signature';
const LIMITS = { longest: 262_144 };
/** A signature by a key of 16,384 bits has fewer characters. */
const LONGEST_SIGNATURE = 4_096;

/** PHP turns such a key into a number, and serialises it in another way. */
const INTEGER = /^(?:0|-?[1-9]\d*)$/;

interface SignedForm extends Evidence {
  readonly form: readonly FormField[];
  readonly signature: Buffer;
  readonly content: Buffer;
}

class PaddleClassicScheme
  extends SignedRequestScheme<PublicKeys, SignedForm>
  implements SigningScheme
{
  readonly #keys: PublicKeys;

  constructor({ publicKey, privateKey }: PaddleClassicOptions) {
    super('paddleClassic');
    this.#keys = new PublicKeys({ publicKey, privateKey, algorithm: 'rsa', hash: 'sha1' });
  }

  /** Adds `p_signature` to a form. */
  sign({ body: content }: SignInput): SignedMessage {
    const body = bytesOf(content);
    const signed = serialize(outlineFields(body, LIMITS));
    if (signed === undefined) {
      throw unsignable(
        this.name,
        'cannot sign a form that is too long, has a field twice, or has a field whose name is a number.',
      );
    }
    const signature = encodeURIComponent(this.#keys.sign(signed).toString('base64'));
    const separator = body.length === 0 ? '' : '&';
    return {
      headers: { 'content-type': URL_ENCODED_FORM },
      body: Buffer.concat([body, Buffer.from(`${separator}${SIGNATURE}=${signature}`, 'latin1')]),
    };
  }

  protected read(request: SignedRequest): SignedForm | Refused {
    const form = isForm(request) ? outlineFields(request.body, LIMITS) : undefined;
    const [given, ...more] = (form ?? []).filter(({ name }) => name === SIGNATURE);
    if (form === undefined || given === undefined || given.value.length === 0) {
      return MISSING_SIGNATURE;
    }
    const { value } = given;
    const isOne = more.length === 0 && value.length <= LONGEST_SIGNATURE;
    const signature = isOne ? decodeBase64(value.toString('latin1')) : undefined;
    const content = signature && serialize(form);
    return signature === undefined || content === undefined
      ? MALFORMED_SIGNATURE
      : { ok: true, form, signature, content };
  }

  protected findKeys(): PublicKeys {
    return this.#keys;
  }

  protected indexOfKey(keys: PublicKeys, { content, signature }: SignedForm): number {
    return keys.find(content, [signature]);
  }

  protected verified(
    _request: SignedRequest,
    keyIndex: number,
    { form }: SignedForm,
  ): Verification {
    return { ok: true, keyIndex, ...factsOf(form) };
  }
}

/** The fields without the signature, as PHP's `serialize()` writes an array of texts sorted by its keys. */
function serialize(form: readonly FormField[] | undefined): Buffer | undefined {
  if (form === undefined) return undefined;
  const fields = form
    .filter(({ name }) => name !== SIGNATURE)
    .map(({ name, value }) => ({ name, value, key: Buffer.from(name, 'utf8') }))
    .toSorted((a, b) => a.key.compare(b.key));
  const pieces: Buffer[] = [Buffer.from(`a:${fields.length}:{`, 'latin1')];
  for (const [index, { name, key, value }] of fields.entries()) {
    if (INTEGER.test(name) || fields[index + 1]?.name === name) return undefined;
    // The lengths are in bytes.
    const start = `s:${key.length}:"${name}";s:${value.length}:"`;
    pieces.push(Buffer.from(start, 'utf8'), value, END_OF_TEXT);
  }
  return Buffer.concat([...pieces, END_OF_ARRAY]);
}

const END_OF_TEXT = Buffer.from('";', 'latin1');
const END_OF_ARRAY = Buffer.from('}', 'latin1');

function factsOf(form: readonly FormField[]): EventFacts {
  const [id, type, time] = ['alert_id', 'alert_name', 'event_time'].map((wanted) => {
    const value = form.find(({ name }) => name === wanted)?.value.toString('utf8');
    return value !== undefined && value.trim() !== '' ? value : undefined;
  });
  const at = time === undefined ? undefined : parseRfc3339(`${time}Z`);
  return {
    ...(id === undefined ? {} : { eventId: id }),
    ...(type === undefined ? {} : { eventType: type }),
    ...(at === undefined ? {} : { occurredAt: new Date(at) }),
  };
}
