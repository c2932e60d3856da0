/**
 * A request as the sender signed it.
 *
 * @publicApi
 */
export interface SignedRequest {
  /** Upper-case HTTP method. */
  readonly method: string;
  /** Path and query as they arrived, such as `/webhooks/game?tenant=a`. */
  readonly url: string;
  /** Headers as Node.js gives them: lower-case names; a string, or an array where it keeps several. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body's bytes exactly as they arrived, after any content encoding was undone. */
  readonly body: Buffer;
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
  | 'key-unavailable';

/**
 * What a scheme found out about a request.
 *
 * @publicApi
 */
export type Verification =
  | {
      readonly ok: true;
      /** Which of the secrets matched, counted from 0: shows when a rotated one is out of use. */
      readonly keyIndex: number;
    }
  | { readonly ok: false; readonly reason: RefusalReason };

/**
 * What a verified request says about its event. A field left out is found by other means: options
 * of the source, a digest for the id, the time of arrival for `occurredAt`.
 *
 * @publicApi
 */
export interface EventFacts {
  readonly id?: string;
  readonly type?: string;
  readonly occurredAt?: Date;
  /**
   * Dotted path of own properties to the part of the payload that is the event's data, such as
   * `data`; the whole payload where it is left out. A path and not a value, because it is stored
   * with the event: the data is read again from the stored bytes when a handler is retried.
   */
  readonly dataPath?: string;
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
   * Checks signature and timestamp over the raw bytes, in constant time, and never throws for
   * anything that a sender can put into a request.
   *
   * @param request the request as it arrived
   * @param now the present instant, against which a timestamp is judged
   * @returns a promise only where a secret has to be looked up
   */
  verify(request: SignedRequest, now: Date): Verification | Promise<Verification>;

  /**
   * Reads the event's facts from a request that {@link verify} accepted.
   *
   * @param request the same request
   * @param payload its body, parsed by its content type (JSON, form or text)
   */
  describe(request: SignedRequest, payload: unknown): EventFacts;
}
