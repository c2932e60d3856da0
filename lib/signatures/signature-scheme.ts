import type { FetchFunction } from './keys/guarded.fetch.js';

/**
 * A request as the sender signed it.
 *
 * @publicApi
 */
export interface SignedRequest {
  /** Upper-case HTTP method. */
  readonly method: string;
  /**
   * The full URL as the sender sees it, such as `https://example.com/webhooks/game?tenant=a`. Where
   * nobody knows the host, path and query alone: read it with a base, `new URL(url, 'http://host')`.
   */
  readonly url: string;
  /** Headers as Node.js gives them: lower-case names; a string, or an array where it keeps several. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body's bytes exactly as they arrived, after any content encoding was undone. */
  readonly body: Uint8Array;
}

/**
 * Why a request was refused. It goes to the log; the sender sees one status and one text for all.
 *
 * @publicApi
 */
export type RefusalReason =
  | 'missing-signature'
  | 'malformed-signature'
  | 'signature-mismatch'
  | 'timestamp-missing'
  | 'timestamp-too-old'
  | 'timestamp-too-new'
  | 'unsupported-algorithm'
  | 'key-unavailable'
  /** A request of more than 10,000 events. */
  | 'too-many-events';

/**
 * What a verified request says about an event. A field left out is found by other means: options of
 * the source, a digest for the id, the time of arrival for `occurredAt`.
 *
 * @publicApi
 */
export interface EventFacts {
  /** The same for every delivery of the event. */
  readonly eventId?: string;
  /** What tells it from others with the same bytes, where it has no id: part of the digest that is its id then. */
  readonly distinctBy?: string;
  /** Such as `invoice.paid`. */
  readonly eventType?: string;
  /** When it happened. */
  readonly occurredAt?: Date;
  /**
   * Dotted path of own properties to the part of the payload that is the event's data, such as
   * `data` or `events.3`; the whole payload where it is left out. A path and not a value, because it
   * is stored with the event: the data is read again from the stored bytes when a handler is retried.
   */
  readonly dataPath?: string;
}

/**
 * The request is the sender's own, and this is what it says.
 *
 * @publicApi
 */
export interface Verified extends EventFacts {
  readonly ok: true;
  /** Which of the secrets matched, counted from 0: shows when a rotated one is out of use. */
  readonly keyIndex: number;
  /**
   * The events of a body that holds several, each with facts and a `dataPath` of its own; then the
   * facts beside it are left out. Empty where such a body holds none.
   */
  readonly events?: readonly EventFacts[];
}

/**
 * The request may be anybody's.
 *
 * @publicApi
 */
export interface Refused {
  readonly ok: false;
  readonly reason: RefusalReason;
}

/**
 * What a scheme found out about a request.
 *
 * @publicApi
 */
export type Verification = Verified | Refused;

/**
 * What a scheme has to know beside the request.
 *
 * @publicApi
 */
export interface VerifyContext {
  /** The present instant, against which a timestamp is judged. */
  readonly now: Date;
}

/**
 * What a scheme has to know to answer a handshake.
 *
 * @publicApi
 */
export interface HandshakeContext extends VerifyContext {
  /** What `verify` said of this request, where it was asked before; where not, it is asked again. */
  readonly verification?: Verification;
}

/**
 * What to answer to a sender that checks who is at the URL, or that wants an answer of its own.
 *
 * @publicApi
 */
export interface HandshakeAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/**
 * What a sender wants to be answered, where that is not what others take. Such an answer says the same
 * whatever came of the events, and whatever a refusal's reason is.
 *
 * @publicApi
 */
export interface SenderAnswers {
  /** When the events are committed, of status 2xx. */
  readonly accepted?: HandshakeAnswer;
  /** When `verify` refused the request, of status 4xx. Where a key could not be had, 503 it is. */
  readonly refused?: HandshakeAnswer;
}

/**
 * How a sender proves that a request is its own, and where it puts what we need to know of an event.
 * Pure: it knows neither Nest nor a database. Implement it (as a class that the host's container
 * can build, or as a plain object) for a sender that no built-in scheme fits.
 *
 * @publicApi
 */
export interface SignatureScheme {
  /** Name for logs, such as `stripe`. */
  readonly name: string;

  /**
   * Checks signature and timestamp over the raw bytes, in constant time, and then reads the event's
   * facts; never before. It does not throw for anything that a sender can put into a request. A body
   * that is rightly signed and cannot be parsed is verified, without the facts that are in the body.
   *
   * @param request the request as it arrived
   * @param context the present instant
   * @returns a promise only where a key has to be fetched, or a secret looked up
   */
  verify(request: SignedRequest, context: VerifyContext): Verification | Promise<Verification>;

  /**
   * Whether bodies show a secret that lets others act as the sender or for the receiver: they are stored
   * sealed, where the application has a key. @default false
   */
  readonly showsSecret?: boolean;

  /** Answers of which the sender is particular. @default a line of JSON with 200 or 401 */
  readonly answers?: SenderAnswers;

  /**
   * Gives a scheme that fetches keys what to fetch them with. The module calls it once, before the first request;
   * a scheme that is used by itself, or was given a function by its options, fetches with that.
   */
  fetchWith?(fetch: FetchFunction): void;

  /**
   * Methods beside `POST` that {@link handshake} answers, in upper case. Others get a 405. @default none
   */
  readonly handshakeMethods?: readonly string[];

  /**
   * Answers a request by which a sender checks or sets up the URL, and which holds no event. Asked
   * for each request of {@link handshakeMethods}, and for each `POST` once it was verified, whatever
   * came of that. A challenge that has to be signed is answered only where the signature is right.
   *
   * @param request the request as it arrived
   * @param context the present instant, and what `verify` said of the request
   * @returns `undefined` where the request is no handshake; a promise where a secret is looked up or
   * something has to be fetched
   */
  handshake?(
    request: SignedRequest,
    context: HandshakeContext,
  ): HandshakeAnswer | undefined | Promise<HandshakeAnswer | undefined>;
}
