import { randomBytes } from 'node:crypto';
import { formOutline } from '../../../event/form-outline.js';
import { hasOutline, jsonOutline } from '../../../event/json-outline.js';
import {
  type MediaType,
  MULTIPART_FORM,
  parseMediaType,
  URL_ENCODED_FORM,
} from '../../../event/media-type.js';
import { multipartOutline } from '../../../event/multipart-form.js';
import { valueAt } from '../../../event/value-at.js';
import { EventFactReader } from '../../facts/event-fact.reader.js';
import type { Secret } from '../../keys/secrets.js';
import { bytesOf } from '../../parts/bytes-of.js';
import { choice } from '../../parts/choice.js';
import { contentHmac, matchingKey } from '../../parts/content-hmac.js';
import { readJsonObject } from '../../parts/json-object.js';
import { MALFORMED_SIGNATURE, MISSING_SIGNATURE } from '../../parts/refusals.js';
import { payloadOf } from '../../parts/request-payload.js';
import { decodeHex } from '../../parts/strict-encoding.js';
import { Timestamp, type TimestampReading } from '../../parts/timestamp.js';
import { unsignable } from '../../parts/unsignable.js';
import { SecretScheme } from '../../schemes/secret.scheme.js';
import type { Evidence } from '../../schemes/signed-request.scheme.js';
import type { Refused, SignedRequest, Verification } from '../../signature-scheme.js';
import type { SignedMessage, SigningScheme, SignInput } from '../../signing.scheme.js';

/**
 * Options of `mailgun()`.
 *
 * @publicApi
 */
export interface MailgunOptions {
  /** The "HTTP webhook signing key"; that of the parent account is valid for its subaccounts too. */
  readonly secret: Secret;
  /**
   * How far the timestamp may be from our clock, in both directions, in seconds. Mailgun retries for 8 hours,
   * and does not document whether a retry has a new timestamp. @default 36_000
   */
  readonly toleranceSeconds?: number;
  /**
   * What the event's id is: the signed `token`, so that anyone who has seen a request cannot use its
   * signature for another event; or `event-data.id`, which is not signed. @default 'token'
   */
  readonly deduplicateBy?: 'token' | 'event-id';
}

/**
 * Mailgun: `signature` in the body holds an HMAC-SHA256 of its own `timestamp` and `token`, in
 * hexadecimal.
 *
 * The event's type, time and data are `event-data.event`, `event-data.timestamp` and `event-data`.
 * Messages that a route forwards are forms, multipart if they have attachments: their type is
 * `inbound` (or the form's `event`), their time and id are the form's `timestamp` and `token`, and
 * their data is the form.
 *
 * **Mailgun does not sign the event itself.** Anyone who has seen a request could send any event
 * with its signature, within the tolerance and until the token has been used: so the token is the
 * event's id by default. Use TLS on the whole way.
 *
 * @param options the signing key, the tolerance, and what the event's id is
 * @throws {ConfigurationError} for a missing or blank signing key, an unknown `deduplicateBy`, and
 * a tolerance that is not above 0
 * @example
 * ```ts
 * mailgun({ secret: process.env.MAILGUN_SIGNING_KEY })
 * ```
 * @see Mailgun documentation, "Securing Webhooks"
 * @publicApi
 */
export function mailgun(options: MailgunOptions): SigningScheme {
  return new MailgunScheme(options);
}

const TOKEN = /^[\x21-\x7e]{16,256}$/;
const DIGEST_LENGTH = 32;
/** The only fields that are read before the signature is verified. */
const NAMES = ['signature', 'parent-signature', 'token', 'timestamp'];
const SIGNED = NAMES.map((name) => `signature.${name}`);

/** A form may hold a forwarded message, with a field for each of its headers. */
const FORM = { longest: Infinity, mostFields: 1_000, names: NAMES, longestField: 1_024 };

/** How to read a body with its signature at a certain place. */
interface SignedPlace {
  readonly timestamp: Timestamp;
  readonly facts: EventFactReader;
  /** The only paths that are read before the signature is verified. */
  readonly paths: readonly string[];
}

interface SignedToken extends Evidence {
  readonly place: SignedPlace;
  readonly outline: unknown;
  readonly digests: readonly Buffer[];
  readonly time: TimestampReading;
  readonly content: string;
}

class MailgunScheme extends SecretScheme<SignedToken> implements SigningScheme {
  readonly #event: SignedPlace;
  readonly #form: SignedPlace;

  constructor({ secret, toleranceSeconds = 36_000, deduplicateBy = 'token' }: MailgunOptions) {
    const id = choice('deduplicateBy', deduplicateBy, ['token', 'event-id']);
    super('mailgun', secret);
    this.#event = {
      timestamp: new Timestamp({ path: 'signature.timestamp', toleranceSeconds }, 1),
      facts: new EventFactReader({
        id: { path: id === 'token' ? 'signature.token' : 'event-data.id' },
        type: { path: 'event-data.event' },
        occurredAt: { path: 'event-data.timestamp', unit: 's' },
        dataPath: 'event-data',
      }),
      paths: SIGNED,
    };
    this.#form = {
      timestamp: new Timestamp({ path: 'timestamp', toleranceSeconds }, 1),
      facts: new EventFactReader({
        id: { path: 'token' },
        type: (_, fields) => valueAt(fields, 'event') ?? 'inbound',
        occurredAt: { path: 'timestamp', unit: 's' },
      }),
      paths: NAMES,
    };
  }

  /** Adds `signature` to a JSON object; `id` becomes the token if it has the syntax of one. */
  sign({ body, id, timestamp = new Date() }: SignInput): SignedMessage {
    const key = this.keys.signingKey();
    const event = readJsonObject(bytesOf(body));
    if (event === undefined) {
      throw unsignable(
        this.name,
        'puts the signature into a JSON object, and the body is not one.',
      );
    }
    const seconds = String(Math.floor(timestamp.getTime() / 1_000));
    const token = id !== undefined && TOKEN.test(id) ? id : randomBytes(25).toString('hex');
    const signature = contentHmac('sha256', key, `${seconds}${token}`).toString('hex');
    const signed = { ...event, signature: { timestamp: seconds, token, signature } };
    return { headers: {}, body: Buffer.from(JSON.stringify(signed), 'utf8') };
  }

  protected read(request: SignedRequest): SignedToken | Refused {
    const type = request.headers['content-type'];
    const mediaType = parseMediaType(typeof type === 'string' ? type : undefined);
    const asForm = mediaType.name === URL_ENCODED_FORM || mediaType.name === MULTIPART_FORM;
    const place = asForm ? this.#form : this.#event;
    const outline = outlineOf(request, mediaType);
    const signed = asForm ? outline : valueAt(outline, 'signature');
    const given = ['signature', 'parent-signature']
      .map((name) => valueAt(signed, name))
      .filter((text) => text !== undefined);
    if (given.length === 0) return MISSING_SIGNATURE;
    const digests = given.map((text) =>
      typeof text === 'string' ? decodeHex(text, DIGEST_LENGTH) : undefined,
    );
    const token = valueAt(signed, 'token');
    const isComplete = digests.every((it) => it !== undefined);
    if (!isComplete || typeof token !== 'string' || !TOKEN.test(token)) return MALFORMED_SIGNATURE;
    const time = place.timestamp.readPayload(outline);
    if (!time.ok) return time;
    return { ok: true, place, outline, digests, time, content: `${time.text}${token}` };
  }

  protected indexOfKey(keys: readonly Buffer[], { digests, content }: SignedToken): number {
    return matchingKey('sha256', keys, digests, [content]);
  }

  protected override objectionTo(
    { place, outline, time }: SignedToken,
    request: SignedRequest,
    now: Date,
  ): Refused | undefined {
    const reading = payloadOf(request);
    if (!reading.ok || !hasOutline(reading.payload, outline, place.paths)) return MISSING_SIGNATURE;
    return place.timestamp.judge(time, now);
  }

  protected verified(
    request: SignedRequest,
    keyIndex: number,
    { place }: SignedToken,
  ): Verification {
    return place.facts.verified(request, keyIndex);
  }
}

function outlineOf(request: SignedRequest, { name, boundary }: MediaType): unknown {
  if (name === URL_ENCODED_FORM) return formOutline(request.body, FORM);
  if (name !== MULTIPART_FORM) return jsonOutline(request.body, SIGNED);
  const { buffer, byteOffset, byteLength } = request.body;
  const body = Buffer.from(buffer, byteOffset, byteLength);
  return boundary === undefined ? undefined : multipartOutline(body, boundary, NAMES);
}
