/**
 * The outcome of one event of a request.
 *
 * @publicApi
 */
export interface EventStored {
  /**
   * - `event.accepted`: the event is committed, with a job for each handler and rule that wants it
   * - `event.duplicate`: the event was stored before; nothing new is stored
   * - `event.ignored`: the event is committed without a job, because no handler and no rule wants it
   * - `event.rejected`: the event is committed without a job, because its data does not fit the schema
   */
  readonly kind: 'event.accepted' | 'event.duplicate' | 'event.ignored' | 'event.rejected';
  readonly source: string;
  readonly type: string;
  /** The id that the sender gave. */
  readonly id: string;
  readonly tenant: string;
  /** `InboxService.get(key)` finds the event, unless it is a duplicate: that was stored under another key. */
  readonly key: string;
  /** Index of the source's secret that verified it, from 0: shows when a rotated secret is no longer used. */
  readonly keyIndex: number;
}

/**
 * No handler and no rule of the application wants events of this type: they are stored and ignored. Published
 * once per process, source and type.
 *
 * @publicApi
 */
export interface EventUnhandled {
  readonly kind: 'event.unhandled';
  readonly source: string;
  readonly type: string;
}

/**
 * An event of a source or poller occurred more than a minute after it arrived: the clock of the source is fast, or
 * that of this process is slow. The event counts as if it had occurred on arrival. Published once per process,
 * source and hour.
 *
 * @publicApi
 */
export interface SourceClockAhead {
  readonly kind: 'source.clock-ahead';
  readonly source: string;
  /** By how much, in milliseconds. */
  readonly aheadMs: number;
}

/**
 * A request was verified, and all of its events are committed.
 *
 * @publicApi
 */
export interface RequestAccepted {
  readonly kind: 'request.accepted';
  readonly source: string;
  /** How many events the request carried: the sum of the four counts below. */
  readonly events: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly ignored: number;
  readonly rejected: number;
  /** Why events were rejected; `null` if none was. */
  readonly reason: string | null;
}

/**
 * A request was refused, and nothing of it is stored.
 *
 * @publicApi
 */
export interface RequestRefused {
  readonly kind: 'request.refused';
  /** The name in the path. For an unknown source, it is a stranger's text, shortened and printable. */
  readonly source: string;
  /** Whether a source of this name exists. */
  readonly isKnown: boolean;
  /** The HTTP status of the answer. */
  readonly status: number;
  /** Contains no secret, signature or payload. */
  readonly reason: string;
}

/**
 * The application failed on a request, because a scheme, a schema or a function of the source threw, or because a body
 * parser of the host had read the body. Nothing is stored.
 *
 * @publicApi
 */
export interface RequestFailed {
  readonly kind: 'request.failed';
  readonly source: string;
  /** The HTTP status of the answer. */
  readonly status: number;
  readonly reason: string;
  readonly stack: string | undefined;
}

/**
 * The receiver answered a handshake, which some senders need before they send events.
 *
 * @publicApi
 */
export interface HandshakeAnswered {
  readonly kind: 'handshake.answered';
  readonly source: string;
  /** The HTTP status of the answer. */
  readonly status: number;
}
