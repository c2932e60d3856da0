import { valueAt } from '../event/value-at.js';
import { parseRfc3339 } from './rfc3339.js';
import type { EventFacts, SignedRequest } from './signature-scheme.js';

/**
 * Where a sender puts something that we need to know of an event: in a header, at a dotted path of own
 * properties in the payload, or wherever a function finds it.
 *
 * @publicApi
 */
export type EventFact =
  | { readonly header: string }
  | { readonly path: string }
  | ((request: SignedRequest, payload: unknown) => unknown);

/**
 * Where a sender puts when an event happened, and in which unit: `s` or `ms` since the epoch, or `iso`
 * (RFC 3339, with a zone). What is not written so is passed over: the time of arrival is taken.
 *
 * @publicApi
 */
export type EventTimeFact = ({ readonly header: string } | { readonly path: string }) & {
  readonly unit: 's' | 'ms' | 'iso';
};

/**
 * Where a sender puts what we need to know of an event. What is left out is found by other means: a
 * digest for the id, the time of arrival for `occurredAt`.
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
   * Dotted path to the part of the payload that is the event's data, or a function that gives it.
   * @default the whole payload
   */
  readonly dataPath?: string | ((request: SignedRequest, payload: unknown) => string | undefined);
}

/** Number() would read blanks as 0, and hexadecimal. */
const DECIMAL = /^\d{1,15}(?:\.\d{1,9})?$/;

/**
 * Reads what the options say where to find.
 *
 * @internal
 */
export function readFacts(
  { id, type, occurredAt, dataPath }: EventFactOptions,
  request: SignedRequest,
  payload: unknown,
): EventFacts {
  const idText = textOf(read(id, request, payload));
  const typeText = textOf(read(type, request, payload));
  const instant =
    occurredAt === undefined
      ? undefined
      : toDate(read(occurredAt, request, payload), occurredAt.unit);
  const path = typeof dataPath === 'function' ? dataPath(request, payload) : dataPath;
  return {
    ...(idText === undefined ? {} : { id: idText }),
    ...(typeText === undefined ? {} : { type: typeText }),
    ...(instant === undefined ? {} : { occurredAt: instant }),
    ...(path === undefined || valueAt(payload, path) === undefined ? {} : { dataPath: path }),
  };
}

function read(fact: EventFact | undefined, request: SignedRequest, payload: unknown): unknown {
  if (fact === undefined) return undefined;
  if (typeof fact === 'function') return fact(request, payload);
  return 'header' in fact
    ? request.headers[fact.header.toLowerCase()]
    : valueAt(payload, fact.path);
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  // One blank id for all events would make them one event.
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function toDate(value: unknown, unit: 's' | 'ms' | 'iso'): Date | undefined {
  const at = unit === 'iso' ? isoTime(value) : epochTime(value, unit);
  const date = new Date(at ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function isoTime(value: unknown): number | undefined {
  return typeof value === 'string' ? parseRfc3339(value) : undefined;
}

function epochTime(value: unknown, unit: 's' | 'ms'): number | undefined {
  if (typeof value !== 'number' && !(typeof value === 'string' && DECIMAL.test(value))) {
    return undefined;
  }
  return Number(value) * (unit === 's' ? 1_000 : 1);
}
