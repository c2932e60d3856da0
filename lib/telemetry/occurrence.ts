import type {
  AttemptEnded,
  JobsHeldUp,
  NotificationsRecovered,
  OutcomeLost,
} from './job.occurrence.js';
import type { PollEnded, PollHeldUp, PollItemFailed } from './poll.occurrence.js';
import type {
  EventStored,
  EventUnhandled,
  HandshakeAnswered,
  RequestAccepted,
  RequestFailed,
  RequestRefused,
  SourceClockAhead,
} from './receiving.occurrence.js';

/**
 * The application has started: the module is checked, its handlers, rules and pollers are known.
 *
 * @publicApi
 */
export interface Started {
  readonly kind: 'startup.completed';
  /** One line: the sources, the handlers, rules and pollers, and the database. */
  readonly summary: string;
}

/**
 * Start-up found a setting that works, but costs speed, safety or events.
 *
 * @publicApi
 */
export interface StartupAdvice {
  readonly kind: 'startup.advice';
  /** The class that found it. */
  readonly component: string;
  /** The finding, its consequence and the cure. */
  readonly advice: string;
}

/**
 * Background work of the library failed. The library retries it.
 *
 * @publicApi
 */
export interface BackgroundFailed {
  readonly kind: 'background.failed';
  /** The class that does the work. */
  readonly component: string;
  /** The work, such as `Looking for due jobs`. */
  readonly work: string;
  readonly error: string;
}

/**
 * Everything that can be observed while the application starts and runs; `kind` tells them apart.
 *
 * @publicApi
 */
export type Occurrence =
  | Started
  | StartupAdvice
  | EventStored
  | EventUnhandled
  | SourceClockAhead
  | RequestAccepted
  | RequestRefused
  | RequestFailed
  | HandshakeAnswered
  | AttemptEnded
  | OutcomeLost
  | JobsHeldUp
  | NotificationsRecovered
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
 * The occurrences of the given kinds.
 *
 * @publicApi
 */
export type OccurrenceOf<Kind extends OccurrenceKind> = Narrowed<Occurrence, Kind>;

/** An interface may have several kinds: it is kept if one of them is asked for, with only those in `kind`. */
type Narrowed<One extends Occurrence, Kind extends OccurrenceKind> = One extends unknown
  ? [Extract<One['kind'], Kind>] extends [never]
    ? never
    : One & { readonly kind: Extract<One['kind'], Kind> }
  : never;
