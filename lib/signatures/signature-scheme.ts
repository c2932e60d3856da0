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
   * The full URL as the sender sees it, such as `https://example.com/webhooks/game?tenant=a`; only path
   * and query where the host is unknown. So parse it with a base: `new URL(url, 'http://host')`.
   */
  readonly url: string;
  /** Headers as Node.js gives them: lower-case names; a string, or an array where it keeps several. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body's bytes exactly as they arrived, after any content encoding was undone. */
  readonly body: Uint8Array;
}

/**
 * Why a request was refused. The log shows it; the sender sees the same status and text for all reasons.
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
  /** The request has more than 10,000 events. */
  | 'too-many-events';

/**
 * What a verified request says about an event. The receiver fills in a field that is missing: by the options
 * of the source, by a digest for the id, by the time of arrival for `occurredAt`.
 *
 * @publicApi
 */
export interface EventFacts {
  /** The same for every delivery of the event. */
  readonly eventId?: string;
  /** Tells events apart that have no id and the same bytes: it becomes part of the digest that is their id. */
  readonly distinctBy?: string;
  /** Such as `invoice.paid`. */
  readonly eventType?: string;
  /** When it happened. */
  readonly occurredAt?: Date;
  /**
   * Dotted path of own properties to the part of the payload that is the event's data, such as
   * `data` or `events.3`; without it, the whole payload. It is a path and not a value because the event
   * is stored with it: a retried handler gets the data read again from the stored bytes.
   */
  readonly dataPath?: string;
}

/**
 * The sender has proved that the request is its own; this is what the request says.
 *
 * @publicApi
 */
export interface Verified extends EventFacts {
  readonly ok: true;
  /** Which of the secrets matched, counted from 0. It shows when the sender has stopped using a rotated one. */
  readonly keyIndex: number;
  /**
   * The events of a body that holds a list of them, each with its own facts and `dataPath`. The fields
   * above are then unset. An empty list stays an empty list.
   */
  readonly events?: readonly EventFacts[];
}

/**
 * Nothing proves who sent the request.
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
 * What a scheme needs to know besides the request.
 *
 * @publicApi
 */
export interface VerifyContext {
  /** The present instant; the scheme judges timestamps by it. */
  readonly now: Date;
}

/**
 * What a scheme needs to know to answer a handshake.
 *
 * @publicApi
 */
export interface HandshakeContext extends VerifyContext {
  /** What `verify` returned for this request. Without it, the scheme verifies the request itself. */
  readonly verification?: Verification;
}

/**
 * The answer for a sender that checks who is at the URL, or that expects an answer of its own.
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
 * The answers of a sender that does not accept the usual ones. They are the same for all events, and for all
 * reasons of a refusal.
 *
 * @publicApi
 */
export interface SenderAnswers {
  /** Sent once the events are committed; its status is 2xx. */
  readonly accepted?: HandshakeAnswer;
  /** Sent when `verify` refused the request; its status is 4xx. A key that is unavailable is answered 503. */
  readonly refused?: HandshakeAnswer;
}

/**
 * How a sender proves that a request is its own, and where it puts the facts of an event. It is pure: it
 * knows neither Nest nor a database. Implement it for a sender that no built-in scheme fits, as a class that
 * Nest's container can build or as a plain object.
 *
 * @publicApi
 */
export interface SignatureScheme {
  /** Name for logs, such as `stripe`. */
  readonly name: string;

  /**
   * Checks the signature over the raw bytes in constant time, then the timestamp, and only then reads the
   * event's facts. It does not throw for anything that a sender can put into a request. A body with a right
   * signature that cannot be parsed is verified, without the facts in the body.
   *
   * @param request the request as it arrived
   * @param context the present instant
   * @returns a promise only where the scheme has to fetch a key or look up a secret
   */
  verify(request: SignedRequest, context: VerifyContext): Verification | Promise<Verification>;

  /**
   * Whether bodies show a secret that lets others act as the sender or as the receiver. The inbox then stores
   * them sealed, if the application has a key. @default false
   */
  readonly showsSecret?: boolean;

  /** Answers that the sender expects. @default a line of JSON with 200 or 401 */
  readonly answers?: SenderAnswers;

  /**
   * Sets the function that a scheme fetches keys with. The module calls it once, before the first request. A
   * function in the scheme's own options wins.
   */
  fetchWith?(fetch: FetchFunction): void;

  /**
   * Methods besides `POST` that {@link handshake} answers, in upper case. Others are answered 405. @default none
   */
  readonly handshakeMethods?: readonly string[];

  /**
   * Answers a request by which a sender checks or sets up the URL, and which holds no event. The receiver
   * calls it for each request of {@link handshakeMethods}, and for each `POST` after `verify`, whatever its
   * result. Answer a challenge that the sender signs only if its signature is right.
   *
   * @param request the request as it arrived
   * @param context the present instant, and what `verify` returned for the request
   * @returns `undefined` for a request that is not a handshake; a promise where the scheme looks up a secret or
   * fetches something
   */
  handshake?(
    request: SignedRequest,
    context: HandshakeContext,
  ): HandshakeAnswer | undefined | Promise<HandshakeAnswer | undefined>;
}
