import type { EventFactOptions } from '../facts/event-fact.js';
import type { HandshakeOptions } from '../handshake/handshake.js';
import type { HeaderName } from '../parts/header-name.js';
import type { KeyDecoding, Secret } from '../keys/secrets.js';
import type { SenderAnswers, SignedRequest } from '../signature-scheme.js';

/**
 * Where the signature is, and how it is written.
 *
 * @publicApi
 */
export interface SignatureOptions {
  /**
   * Name of the header, in any case. `x-signature-{n}` stands for all headers from `x-signature-1` on; any of
   * them may match.
   */
  readonly header: HeaderName;
  /** Text before the signature, such as `sha256=`. With a `separator`, it picks the signatures. @default '' */
  readonly prefix?: string;
  /**
   * Text between several entries in the header, such as `,` in `t=1,v1=a,v1=b`. Any entry with the `prefix` may
   * match; others are ignored. @default none: the header is one signature
   */
  readonly separator?: string;
  /** How the digest is written: lower-case `hex`, or padded `base64`. @default 'hex' */
  readonly encoding?: 'hex' | 'base64';
}

/**
 * Where the time of the attempt is. It must be signed: whoever replays a request could change an unsigned time.
 * So put `{timestamp}` into the content, unless the time is in the body.
 *
 * @publicApi
 */
export type TimestampOptions = (
  | {
      /** Name of its header. */
      readonly header: HeaderName;
    }
  | {
      /** Prefix of its entry in the signature's header, such as `t=`; the header needs a `separator`. */
      readonly entry: string;
    }
  | {
      /** Dotted path in the JSON body, which is parsed only if the signature is right. */
      readonly path: string;
    }
) & {
  /**
   * Its unit: whole seconds or milliseconds since the epoch, or `iso` (RFC 3339, with a zone).
   * @default 's'
   */
  readonly unit?: 's' | 'ms' | 'iso';
  /**
   * How far it may be from our clock, into the past and the future, in seconds; above 0.
   * @default 300
   */
  readonly toleranceSeconds?: number;
};

/**
 * How a sender signs with an HMAC.
 *
 * @publicApi
 */
export interface HmacOptions extends EventFactOptions {
  /** Name for logs. @default 'hmac' */
  readonly name?: string;
  /** The secret; see `Secret`. */
  readonly secret: Secret;
  /** How the text of the secret is decoded to the key. @default the text itself, as UTF-8 */
  readonly key?: KeyDecoding;
  /** The hash; never taken from a request. @default 'sha256' */
  readonly algorithm?: 'sha1' | 'sha256' | 'sha384' | 'sha512';
  /** Where the signature is. */
  readonly signature: SignatureOptions;
  /** Where the time of the attempt is. @default none: the sender signs no time */
  readonly timestamp?: TimestampOptions;
  /** Name of the header that holds the `{id}` of the signed content. @default the header of `id` */
  readonly idHeader?: HeaderName;
  /**
   * The signed content: text with `{body}` and, if the sender signs them, `{id}`, `{timestamp}`, `{method}` and
   * `{url}`. Put text between `{id}` and its neighbours; a request whose id contains that text is refused.
   * @default '{body}'
   */
  readonly content?: string;
  /**
   * The URL as the sender knows it, for a content with `{url}`: a fixed text, which no request can change; or
   * a function of the request, such as `({ url }) => url` for the URL by the receiver's `publicUrl`.
   */
  readonly url?: string | ((request: SignedRequest) => string);
  /** Answers to requests by which the sender checks the URL. @default none */
  readonly handshake?: HandshakeOptions;
  /** Answers that the sender expects. @default a line of JSON with 200 or 401 */
  readonly answers?: SenderAnswers;
}
