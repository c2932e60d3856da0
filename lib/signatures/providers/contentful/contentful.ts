import { escape } from 'node:querystring';
import { ConfigurationError } from '../../../errors/configuration.error.js';
import { EventFactReader } from '../../facts/event-fact.reader.js';
import type { Secret } from '../../keys/secrets.js';
import { bytesOf } from '../../parts/bytes-of.js';
import { contentHmac, matchingKey, type Content } from '../../parts/content-hmac.js';
import { headerText } from '../../parts/header-text.js';
import { MALFORMED_SIGNATURE } from '../../parts/refusals.js';
import { decodeHex } from '../../parts/strict-encoding.js';
import { Timestamp, type TimestampReading } from '../../parts/timestamp.js';
import { unsignable, unsignableWithoutUrl } from '../../parts/unsignable.js';
import { SecretScheme } from '../../schemes/secret.scheme.js';
import type { Evidence } from '../../schemes/signed-request.scheme.js';
import type { Refused, SignedRequest, Verification } from '../../signature-scheme.js';
import type { SignedMessage, SigningScheme, SignInput } from '../../signing.scheme.js';

/**
 * Options of `contentful()`.
 *
 * @publicApi
 */
export interface ContentfulOptions {
  /** The signing secret of the space's webhooks or of the app: 64 characters. */
  readonly secret: Secret;
  /** How far the timestamp may be from our clock, in both directions, in seconds. @default 30 */
  readonly toleranceSeconds?: number;
}

/**
 * Contentful: `X-Contentful-Signature` holds an HMAC-SHA256 of method, path with query, some
 * headers and the body, in hexadecimal.
 *
 * The event's type is `X-Contentful-Topic`, its id `X-Contentful-Idempotency-Key`; its time is the
 * body's `sys.updatedAt`.
 *
 * `X-Contentful-Signed-Headers` lists the headers that are signed; the host is not signed. Trust
 * the type and the id only if their headers are in that list.
 *
 * @param options the secret, and the tolerance
 * @throws {ConfigurationError} for a missing secret or one that is not 64 characters long, and for
 * a tolerance that is not above 0
 * @example
 * ```ts
 * contentful({ secret: process.env.CONTENTFUL_SIGNING_SECRET })
 * ```
 * @see Contentful documentation, "Request Verification"
 * @publicApi
 */
export function contentful(options: ContentfulOptions): SigningScheme {
  return new ContentfulScheme(options);
}

const SIGNATURE = 'x-contentful-signature';
const SIGNED_HEADERS = 'x-contentful-signed-headers';
const TIMESTAMP = 'x-contentful-timestamp';
const SECRET_LENGTH = 64;
const DIGEST_LENGTH = 32;
const MAX_HEADERS = 64;
const HEADER_NAME = /^[a-z\d_-]{1,128}$/;

interface SignedHeaders extends Evidence {
  readonly digest: Buffer;
  readonly time: TimestampReading;
  readonly content: Content;
}

class ContentfulScheme extends SecretScheme<SignedHeaders> implements SigningScheme {
  readonly #timestamp: Timestamp;
  readonly #facts = new EventFactReader({
    id: { header: 'x-contentful-idempotency-key' },
    type: { header: 'x-contentful-topic' },
    occurredAt: { path: 'sys.updatedAt', unit: 'iso' },
  });

  constructor({ secret, toleranceSeconds = 30 }: ContentfulOptions) {
    super('contentful', secret);
    if (this.keys.constant?.some((key) => key.length !== SECRET_LENGTH) === true) {
      throw ConfigurationError.because(
        'secret',
        `The secret is not ${SECRET_LENGTH} characters long.`,
        "Set it to the signing secret of the space's webhooks or of the app, as it stands.",
      );
    }
    this.#timestamp = new Timestamp({ header: TIMESTAMP, unit: 'ms', toleranceSeconds }, 1);
  }

  /** Signs all given headers; `id` is sent as `X-Contentful-Idempotency-Key`. */
  sign({
    body: given,
    id,
    timestamp = new Date(),
    method = 'POST',
    url,
    headers: others = {},
  }: SignInput): SignedMessage {
    const time = this.#timestamp.write(timestamp, this.name);
    if (url === undefined) throw unsignableWithoutUrl(this.name);
    const own = id === undefined ? {} : { 'x-contentful-idempotency-key': id };
    const signed: Record<string, string> = { ...others, ...own, ...time.headers };
    const names = [...Object.keys(signed), SIGNED_HEADERS].toSorted();
    signed[SIGNED_HEADERS] = names.join(',');
    const body = bytesOf(given);
    const content = contentOf({ method, url, headers: signed, body }, names);
    if (content === undefined) {
      throw unsignable(this.name, 'cannot sign these headers or this URL.');
    }
    const signature = contentHmac('sha256', this.keys.signingKey(), content).toString('hex');
    const { [TIMESTAMP]: sent = '', [SIGNED_HEADERS]: list = '' } = signed;
    return {
      headers: { ...own, [TIMESTAMP]: sent, [SIGNED_HEADERS]: list, [SIGNATURE]: signature },
      body,
    };
  }

  protected read(request: SignedRequest): SignedHeaders | Refused {
    const { headers } = request;
    const header = headerText(headers, SIGNATURE);
    if (!header.ok) return header;
    const list = headerText(headers, SIGNED_HEADERS);
    if (!list.ok) return list;
    const time = this.#timestamp.read(headers, 0, []);
    if (!time.ok) return time;
    const digest = decodeHex(header.text, DIGEST_LENGTH);
    const content = contentOf(request, list.text.split(','));
    return digest === undefined || content === undefined
      ? MALFORMED_SIGNATURE
      : { ok: true, digest, time, content };
  }

  protected indexOfKey(keys: readonly Buffer[], { digest, content }: SignedHeaders): number {
    return matchingKey('sha256', keys, [digest], [content]);
  }

  protected override objectionTo(
    { time }: SignedHeaders,
    _request: SignedRequest,
    now: Date,
  ): Refused | undefined {
    return this.#timestamp.judge(time, now);
  }

  protected verified(request: SignedRequest, keyIndex: number): Verification {
    return this.#facts.verified(request, keyIndex);
  }
}

/** The canonical request. Listed headers that the request lacks are left out. */
function contentOf(
  { method, url, headers, body }: SignedRequest,
  listed: string[],
): Content | undefined {
  const path = canonicalPath(url);
  // The time and the list itself are signed even if the list leaves them out.
  const names = [...new Set([...listed, SIGNED_HEADERS, TIMESTAMP])].toSorted();
  if (path === undefined || names.length > MAX_HEADERS) return undefined;
  const lines: string[] = [];
  for (const name of names) {
    if (!HEADER_NAME.test(name)) return undefined;
    const value = name === SIGNED_HEADERS ? names.join(',') : headers[name];
    if (value === undefined) continue;
    if (typeof value !== 'string') return undefined;
    lines.push(`${name}:${value.trim()}`);
  }
  return [[method, path, lines.join(';'), ''].join('\n'), body];
}

/** Path and query. The query is escaped as one text and then, together with the path, once more as a URI. */
function canonicalPath(url: string): string | undefined {
  if (!url.isWellFormed()) return undefined;
  const [path = '', search = ''] = url.replace(/^https?:\/\/[^/?#]*/i, '').split('?', 2);
  return encodeURI(search === '' ? path : `${path}?${escape(search)}`);
}
