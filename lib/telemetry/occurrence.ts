/**
 * What became of one event of a request.
 *
 * @publicApi
 */
export interface EventStored {
  /**
   * - `event.accepted`: it is committed, with a job for each handler and rule
   * - `event.duplicate`: it had come before
   * - `event.ignored`: it is committed, and nobody wants it
   * - `event.rejected`: it is committed although its data does not fit the schema
   */
  readonly kind: 'event.accepted' | 'event.duplicate' | 'event.ignored' | 'event.rejected';
  readonly source: string;
  readonly type: string;
  /** The sender's. */
  readonly id: string;
  readonly tenant: string;
  /** `InboxService.get(key)` finds it, unless it is a duplicate that was stored under another key. */
  readonly key: string;
  /** Which of the source's secrets matched, counted from 0: shows when a rotated one is out of use. */
  readonly keyIndex: number;
}

/**
 * A request was verified, and all of its events are committed.
 *
 * @publicApi
 */
export interface RequestAccepted {
  readonly kind: 'request.accepted';
  readonly source: string;
  /** How many events it had. */
  readonly events: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly ignored: number;
  readonly rejected: number;
  /** Why some were rejected; `null` where none was. */
  readonly reason: string | null;
}

/**
 * A request was refused, with nothing stored.
 *
 * @publicApi
 */
export interface RequestRefused {
  readonly kind: 'request.refused';
  /** As the path names it; whatever a stranger likes where there is no such source. */
  readonly source: string;
  /** Whether there is such a source. */
  readonly isKnown: boolean;
  readonly status: number;
  /** Without a secret, a signature or a payload. */
  readonly reason: string;
}

/**
 * The application failed on a request: a scheme, a schema or a function of the source threw.
 *
 * @publicApi
 */
export interface RequestFailed {
  readonly kind: 'request.failed';
  readonly source: string;
  readonly status: number;
  readonly reason: string;
  readonly stack: string | undefined;
}

/** The job that an occurrence is about. */
interface OfJob {
  readonly jobId: string;
  /** `handler` or `notification`. */
  readonly jobKind: string;
  /** Of the handler, the rule (`rule:…`) or the channel. */
  readonly name: string;
  /** What it is about: the key of its event, or the id of its notification. */
  readonly ref: string;
  /** For people: the handler or the notification, and the event where it is known. */
  readonly label: string;
}

/**
 * An attempt is over, and what became of it is recorded.
 *
 * @publicApi
 */
export interface AttemptEnded extends OfJob {
  /**
   * - `attempt.completed`: the job is done
   * - `attempt.failed`: it is tried again
   * - `attempt.postponed`: it is tried again, and this attempt does not count
   * - `job.discarded`: it was given up, or its attempts are used up
   */
  readonly kind: 'attempt.completed' | 'attempt.failed' | 'attempt.postponed' | 'job.discarded';
  /** Counted from 1. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /** Why; `null` where it is done. */
  readonly error: string | null;
  /** When it is tried again, in milliseconds from now; `null` where it is not. */
  readonly nextInMs: number | null;
}

/**
 * Another process has the job now, and this one's outcome is not recorded; or it could not be recorded.
 *
 * @publicApi
 */
export interface OutcomeLost extends OfJob {
  readonly kind: 'lease.lost' | 'outcome.not-recorded';
  /** Why it could not be recorded. */
  readonly error: string | null;
}

/**
 * Several jobs at once were not run as planned.
 *
 * @publicApi
 */
export interface JobsHeldUp {
  /**
   * - `jobs.unreadable`: the database could not read their events or notifications
   * - `jobs.suspected`: they were leased to a process that died
   */
  readonly kind: 'jobs.unreadable' | 'jobs.suspected';
  readonly count: number;
  readonly jobKind: string | undefined;
  readonly error: string | null;
}

/**
 * A run of a poller is over.
 *
 * @publicApi
 */
export interface PollEnded {
  readonly kind: 'poll.completed' | 'poll.failed' | 'poll.postponed';
  readonly poller: string;
  /** Events that were new. */
  readonly accepted: number;
  readonly error: string | null;
  /** For how long, where it is postponed, in milliseconds. */
  readonly waitMs: number | null;
}

/**
 * A poller could not take a row or an item, and goes on with the others.
 *
 * @publicApi
 */
export interface PollItemFailed {
  /**
   * - `poll.item-failed`: it is tried again in each run
   * - `poll.item-parked`: it is tried no more; `PollRegistry.retryParked()` has it tried again
   */
  readonly kind: 'poll.item-failed' | 'poll.item-parked';
  readonly poller: string;
  /** Its name for `PollRegistry`. */
  readonly item: string;
  /** For people: the row's key, or the item. */
  readonly label: string;
  readonly error: string;
}

/**
 * A poller does not get on as it should.
 *
 * @publicApi
 */
export interface PollHeldUp {
  readonly kind: 'poll.held-up';
  readonly poller: string;
  /** What it does, and what cures it. */
  readonly reason: string;
}

/**
 * Work of the library in the background failed; it is tried again by itself.
 *
 * @publicApi
 */
export interface BackgroundFailed {
  readonly kind: 'background.failed';
  /** The class that does it. */
  readonly component: string;
  /** What was tried, such as `Looking for due jobs`. */
  readonly work: string;
  readonly error: string;
}

/**
 * Everything that can be observed while the application runs. Told apart by `kind`.
 *
 * @publicApi
 */
export type Occurrence =
  | EventStored
  | RequestAccepted
  | RequestRefused
  | RequestFailed
  | AttemptEnded
  | OutcomeLost
  | JobsHeldUp
  | PollEnded
  | PollItemFailed
  | PollHeldUp
  | BackgroundFailed;

/**
 * The kinds of occurrences.
 *
 * @publicApi
 */
export type OccurrenceKind = Occurrence['kind'];

/**
 * The occurrences of some kinds.
 *
 * @publicApi
 */
export type OccurrenceOf<Kind extends OccurrenceKind> = Narrowed<Occurrence, Kind>;

/** One interface has several kinds: it stays, with those of them that are asked for. */
type Narrowed<One extends Occurrence, Kind extends OccurrenceKind> = One extends unknown
  ? [Extract<One['kind'], Kind>] extends [never]
    ? never
    : One & { readonly kind: Extract<One['kind'], Kind> }
  : never;
