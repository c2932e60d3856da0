import type { HeaderName } from '../parts/header-name.js';
import type { SignedRequest } from '../signature-scheme.js';

/**
 * Where a sender puts a fact of an event: in a header; at a dotted path of own properties in the payload (an
 * integer beyond 2^53 keeps its digits); in several places, joined; or wherever a function finds it. In a body
 * with several events, paths start at the event, and functions get the event.
 *
 * @publicApi
 */
export type EventFact =
  | { readonly header: HeaderName }
  | { readonly path: string }
  | {
      /** The first one is required; others may be missing. */
      readonly join: readonly EventFact[];
      /** Text between them. @default '.' */
      readonly by?: string;
    }
  | ((request: SignedRequest, payload: unknown) => unknown);

/**
 * Where a sender puts when an event happened, and in which unit: `s` or `ms` since the epoch, or `iso`
 * (RFC 3339, with a zone). Anything else is ignored, and the time of arrival is used.
 *
 * @publicApi
 */
export type EventTimeFact = ({ readonly header: HeaderName } | { readonly path: string }) & {
  readonly unit: 's' | 'ms' | 'iso';
};

/**
 * Where a sender puts the facts of an event. The receiver fills in what is missing: by a digest for the id,
 * by the time of arrival for `occurredAt`.
 *
 * @publicApi
 */
export interface EventFactOptions {
  /** The event's id: the same for every delivery of one event. */
  readonly id?: EventFact;
  /** The event's type. */
  readonly type?: EventFact;
  /** When it happened. */
  readonly occurredAt?: EventTimeFact;
  /**
   * Tells events apart that have no id and the same bytes, such as a header with the time of the change:
   * it becomes part of the digest that is their id. A repeated delivery must have the same value.
   * `'body'` uses only the bytes. @default the type, if that is in a header
   */
  readonly distinctBy?: EventFact | 'body';
  /**
   * Dotted path to the part of the payload that is the event's data, or a function that gives it.
   * @default the whole payload, or the whole item
   */
  readonly dataPath?: string | ((request: SignedRequest, payload: unknown) => string | undefined);
  /**
   * Dotted path to the array of events in a body with several: `events`; `''` for a body that is an array;
   * `entry.*.changes` for arrays in the items of an array. A body without that array is one event.
   * @default the body is one event
   */
  readonly items?: string;
  /**
   * The form field that holds the payload as JSON, if the sender can wrap it in a form: `payload`. Its value
   * is then the payload, as if it were the body. Without dots.
   * @default none: the payload of a form is its fields
   */
  readonly jsonField?: string;
}
