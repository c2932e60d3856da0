import { createHash, timingSafeEqual } from 'node:crypto';
import { type FormField, outlineFields } from '../../../event/form-outline.js';
import { URL_ENCODED_FORM } from '../../../event/media-type.js';
import { valueAt } from '../../../event/value-at.js';
import { EventFactReader } from '../../facts/event-fact.reader.js';
import type { Secret } from '../../keys/secrets.js';
import { bytesOf } from '../../parts/bytes-of.js';
import { type Content, contentHmac, matchingKey } from '../../parts/content-hmac.js';
import { headerText } from '../../parts/header-text.js';
import { isForm } from '../../parts/is-form.js';
import { MALFORMED_SIGNATURE } from '../../parts/refusals.js';
import { payloadOf } from '../../parts/request-payload.js';
import { decodeBase64, decodeHex } from '../../parts/strict-encoding.js';
import { unsignable, unsignableWithoutUrl } from '../../parts/unsignable.js';
import { SecretScheme } from '../../schemes/secret.scheme.js';
import type { Evidence } from '../../schemes/signed-request.scheme.js';
import type { Refused, SignedRequest, Verification } from '../../signature-scheme.js';
import type { SignedMessage, SigningScheme, SignInput } from '../../signing.scheme.js';

/**
 * Options of `twilio()`.
 *
 * @publicApi
 */
export interface TwilioOptions {
  /** The account's auth token: the primary one, and the secondary one while you rotate them. */
  readonly authToken: Secret;
  /**
   * The URL exactly as it is set at Twilio, with its query; or a function that returns it for a request.
   * @default the URL of the request; behind a proxy, set the receiver's `publicUrl`
   */
  readonly url?: string | ((request: SignedRequest) => string);
  /**
   * Whether the event's id is a digest of the body instead of `I-Twilio-Idempotency-Token`. Twilio does not
   * sign that header: anyone who has seen one delivery can send its body again under another id.
   * @default false
   */
  readonly deduplicateByBody?: boolean;
}

/**
 * Twilio: `X-Twilio-Signature` holds an HMAC-SHA1 of the URL and the form's fields, in base64. A
 * JSON body is signed by its SHA-256 in the URL's query (`bodySHA256`). For SendGrid, use
 * `sendgrid()`.
 *
 * The event's type is `message.` with the form's `MessageStatus` or `SmsStatus`, or `call.` with
 * its `CallStatus`, or else the body's `type`. Its id is `I-Twilio-Idempotency-Token`. Twilio does
 * not sign that header. A JSON array (Event Streams) holds several events, whose id, type, time and
 * data are `id`, `type`, `time` and `data`.
 *
 * Twilio signs the decoded fields of a form, sorted by name, with nothing between them: it does not
 * sign where a name ends, or how often a value is repeated. It signs no timestamp, so a request can
 * be sent again. A form of more than 256 KiB or 256 fields is refused.
 *
 * @param options the auth token, the URL, and what the event's id is
 * @throws {ConfigurationError} for a missing or blank token
 * @example
 * ```ts
 * twilio({ authToken: process.env.TWILIO_AUTH_TOKEN, url: 'https://example.com/webhooks/twilio' })
 * ```
 * @see Twilio documentation, "Webhooks Security"
 * @publicApi
 */
export function twilio(options: TwilioOptions): SigningScheme {
  return new TwilioScheme(options);
}

const SIGNATURE = 'x-twilio-signature';
const BODY_HASH = 'bodySHA256';
/** Longest form, in bytes; no field of Twilio is a tenth as long. */
const LONGEST_FORM = 262_144;
const DIGEST_LENGTH = 20;
const BODY_HASH_LENGTH = 32;

interface SignedUrlAndBody extends Evidence {
  readonly digest: Buffer;
  /** What Twilio may have signed. */
  readonly contents: readonly Content[];
}

class TwilioScheme extends SecretScheme<SignedUrlAndBody> implements SigningScheme {
  readonly #url: (request: SignedRequest) => string;
  readonly #fixed: boolean;
  readonly #event: EventFactReader;
  readonly #stream: EventFactReader;

  constructor({ authToken, url, deduplicateByBody = false }: TwilioOptions) {
    super('twilio', authToken, { option: 'authToken' });
    this.#fixed = typeof url === 'string';
    this.#url = typeof url === 'function' ? url : (request) => url ?? request.url;
    this.#event = new EventFactReader({
      ...(deduplicateByBody ? {} : { id: { header: 'i-twilio-idempotency-token' } }),
      type: (_, payload) => typeOf(payload),
    });
    this.#stream = new EventFactReader({
      items: '',
      id: { path: 'id' },
      type: { path: 'type' },
      occurredAt: { path: 'time', unit: 'iso' },
      dataPath: 'data',
    });
  }

  sign({ body: content, method = 'POST', url, headers = {} }: SignInput): SignedMessage {
    const body = bytesOf(content);
    const target = this.#url({ method, url: url ?? '', headers, body });
    if (target === '') throw unsignableWithoutUrl(this.name);
    const asForm = headers['content-type'] === undefined || isForm({ headers });
    const sent = asForm ? target : withBodyHash(target, body);
    const fields = asForm ? fieldsOf(body) : Buffer.alloc(0);
    if (fields === undefined) {
      throw unsignable(this.name, 'cannot sign a form that is this long.');
    }
    const signature = contentHmac('sha1', this.keys.signingKey(), [sent, fields]).toString(
      'base64',
    );
    return {
      headers: { [SIGNATURE]: signature, ...(asForm ? { 'content-type': URL_ENCODED_FORM } : {}) },
      body,
      url: sent,
    };
  }

  protected read(request: SignedRequest): SignedUrlAndBody | Refused {
    const header = headerText(request.headers, SIGNATURE);
    if (!header.ok) return header;
    const digest = decodeBase64(header.text, 'base64', DIGEST_LENGTH);
    const contents = this.#contentsOf(request);
    return digest === undefined || contents === undefined
      ? MALFORMED_SIGNATURE
      : { ok: true, digest, contents };
  }

  protected indexOfKey(keys: readonly Buffer[], { digest, contents }: SignedUrlAndBody): number {
    return matchingKey('sha1', keys, [digest], contents);
  }

  protected verified(request: SignedRequest, keyIndex: number): Verification {
    const reading = payloadOf(request);
    const facts = reading.ok && Array.isArray(reading.payload) ? this.#stream : this.#event;
    return facts.verified(request, keyIndex);
  }

  /** What Twilio may have signed; `undefined` if nothing in it would bind the body. */
  #contentsOf(request: SignedRequest): Content[] | undefined {
    const url = this.#url(request);
    const query = queryOf(request.url);
    const hashes = new URLSearchParams(query).getAll(BODY_HASH);
    if (hashes.length === 0) {
      if (!isForm(request) && request.body.length > 0) return undefined;
      const fields = fieldsOf(request.body);
      return fields && spellingsOf(url).map((spelling) => [spelling, fields]);
    }
    const hash = hashes.length === 1 ? decodeHex(hashes[0] ?? '', BODY_HASH_LENGTH) : undefined;
    if (hash === undefined || !timingSafeEqual(hash, hashOf(request.body))) return undefined;
    // Each request has its hash in the query, and no configured URL has it.
    return spellingsOf(this.#fixed ? `${url.split(/[?#]/, 1)[0] ?? ''}?${query}` : url);
  }
}

/** Twilio signs the URL with or without the default port, and does not document when. */
function spellingsOf(url: string): string[] {
  if (!URL.canParse(url)) return [url];
  const parsed = new URL(url);
  const { protocol, host, port } = parsed;
  const withPort =
    port === ''
      ? parsed.href.replace(host, `${host}:${protocol === 'https:' ? '443' : '80'}`)
      : parsed.href;
  parsed.port = '';
  return [...new Set([url, parsed.href, withPort])];
}

/** The sorted names, each followed by its distinct, sorted values, with nothing between them. */
function fieldsOf(body: Uint8Array): Buffer | undefined {
  const form = outlineFields(body, { longest: LONGEST_FORM });
  if (form === undefined) return undefined;
  const fields = form.toSorted((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
  const pieces: Buffer[] = [];
  for (let at = 0, next = 0; at < fields.length; at = next) {
    const name = fields[at]?.name ?? '';
    while (fields[next]?.name === name) next++;
    const nameBytes = Buffer.from(name, 'utf8');
    for (const value of distinct(fields.slice(at, next))) pieces.push(nameBytes, value);
  }
  return Buffer.concat(pieces);
}

function distinct(fields: readonly FormField[]): readonly Buffer[] {
  const [only, ...more] = fields;
  if (only !== undefined && more.length === 0) return [only.value];
  const values = new Map(fields.map(({ value }) => [value.toString('utf8'), value]));
  return [...values].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

function queryOf(url: string): string {
  const start = url.indexOf('?');
  return start < 0 ? '' : (url.slice(start + 1).split('#', 1)[0] ?? '');
}

function withBodyHash(url: string, body: Uint8Array): string {
  const hash = hashOf(body).toString('hex');
  return `${url}${url.includes('?') ? '&' : '?'}${BODY_HASH}=${hash}`;
}

function hashOf(body: Uint8Array): Buffer {
  return createHash('sha256').update(body).digest();
}

function typeOf(payload: unknown): unknown {
  const message = valueAt(payload, 'MessageStatus') ?? valueAt(payload, 'SmsStatus');
  if (typeof message === 'string') return `message.${message}`;
  const call = valueAt(payload, 'CallStatus');
  return typeof call === 'string' ? `call.${call}` : valueAt(payload, 'type');
}
