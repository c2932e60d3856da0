import { integerAt, integerReadAs, isRounded } from '../../event/exact-integer.js';
import { jsonSlices } from '../../event/json-slices.js';
import { jsonBytes } from '../../event/payload.js';
import { valueAt, valueAtKeys } from '../../event/value-at.js';
import type { EventFact, EventFactOptions, EventTimeFact } from './event-fact.js';
import { fieldName } from '../parts/field-name.js';
import { headerNames, headerValue } from '../parts/header-name.js';
import { TOO_MANY_EVENTS } from '../parts/refusals.js';
import { expectJsonIn, payloadOf } from '../parts/request-payload.js';
import { parseRfc3339 } from '../parts/rfc3339.js';
import type { EventFacts, SignedRequest, Verification, Verified } from '../signature-scheme.js';

/** An event in a request: the whole payload, or an item of it; `undefined` where it cannot be read. */
interface Place {
  readonly request: SignedRequest;
  /** Which of the header's names counts. */
  readonly family: number | undefined;
  readonly readable: boolean;
  readonly item: unknown;
  /** Path from the payload to the item. */
  readonly path: string;
  /** The bytes of the item, in which a number has all of its digits. */
  json(): Buffer;
}

type Writable<Facts> = { -readonly [Name in keyof Facts]: Facts[Name] };

type Reader = (place: Place) => unknown;

/** The bytes of an item whose place in the body is unknown, as the body is not JSON. */
const NOTHING = Buffer.alloc(0);

/** Most events of one request. Each takes only two bytes, so a body could hold very many. */
export const MAX_EVENTS = 10_000;

/** Number() would read blanks as 0, and hexadecimal. */
const DECIMAL = /^\d{1,15}(?:\.\d{1,9})?$/;

/**
 * Reads the facts where the options say they are. It evaluates the options once, when a scheme is created.
 *
 * @internal
 */
export class EventFactReader {
  private readonly id: Reader | undefined;
  private readonly type: Reader | undefined;
  private readonly occurredAt: Reader | undefined;
  private readonly unit: EventTimeFact['unit'];
  private readonly distinctBy: Reader | undefined;
  private readonly dataPath: EventFactOptions['dataPath'];
  /** Paths to arrays, each in the items of the one before. */
  private readonly items: readonly string[] | undefined;
  private readonly readsBody: boolean;
  private readonly jsonField: string | undefined;

  /**
   * @param options where the facts are
   * @param families how many names the sender's headers may have
   * @throws {ConfigurationError} for a text that cannot be the name of a header
   */
  constructor(options: EventFactOptions, families?: number) {
    const { id, type, occurredAt, distinctBy } = options;
    this.id = id && reader('id', id, families);
    this.type = type && reader('type', type, families);
    this.distinctBy = distinction(options, this.type, families);
    this.occurredAt = occurredAt && reader('occurredAt', occurredAt, families);
    this.unit = occurredAt?.unit ?? 'iso';
    this.dataPath = options.dataPath;
    this.items = options.items?.split('.*.');
    this.jsonField = options.jsonField && fieldName('jsonField', options.jsonField);
    this.readsBody =
      this.items !== undefined ||
      this.dataPath !== undefined ||
      [id, type, occurredAt].some((fact) => fact !== undefined && readsBody(fact)) ||
      (distinctBy !== undefined && distinctBy !== 'body' && readsBody(distinctBy));
  }

  /**
   * The result for a request whose signature is right, with its facts.
   *
   * @param keyIndex which of the secrets matched
   * @param family which of several names of a header counts
   * @returns a refusal for a request with too many events
   */
  verified(request: SignedRequest, keyIndex: number, family?: number): Verification {
    this.expectIn(request);
    const reading = this.readsBody ? payloadOf(request) : undefined;
    const item = reading?.ok === true ? reading.payload : undefined;
    const json = (): Buffer => jsonOf(request);
    const place = { request, family, readable: reading?.ok === true, item, path: '', json };
    const paths = this.items && itemPaths(item, this.items);
    if (paths === undefined) {
      const verified: Writable<Verified> = { ok: true, keyIndex };
      this.addFacts(verified, place);
      return verified;
    }
    if (paths.length > MAX_EVENTS) return TOO_MANY_EVENTS;
    // Sliced once, and only if a number needs its digits.
    let slices: readonly (Buffer | undefined)[] | undefined;
    const sliceAt = (index: number): Buffer =>
      (slices ??= jsonSlices(json(), paths))[index] ?? NOTHING;
    const events = paths.map((path, index) => {
      const facts: Writable<EventFacts> = {};
      const own = { item: valueAt(item, path), path, json: () => sliceAt(index) };
      this.addFacts(facts, { ...place, ...own });
      return facts;
    });
    return { ok: true, keyIndex, events };
  }

  /** Makes all readers of this request's payload look for it in the sender's form field. */
  expectIn(request: SignedRequest): void {
    if (this.jsonField !== undefined) expectJsonIn(request, this.jsonField);
  }

  private addFacts(facts: Writable<EventFacts>, place: Place): void {
    const id = this.id && textOf(this.id(place));
    if (id !== undefined) facts.eventId = id;
    else {
      const beside = this.distinctBy && textOf(this.distinctBy(place));
      if (beside !== undefined) facts.distinctBy = beside;
    }
    const type = this.type && textOf(this.type(place));
    if (type !== undefined) facts.eventType = type;
    const occurredAt = this.occurredAt && toDate(this.occurredAt(place), this.unit);
    if (occurredAt !== undefined) facts.occurredAt = occurredAt;
    const path = this.pathToData(place);
    if (path !== '') facts.dataPath = path;
  }

  private pathToData({ request, readable, item, path }: Place): string {
    if (!readable) return path;
    const { dataPath } = this;
    const inner = typeof dataPath === 'function' ? dataPath(request, item) : dataPath;
    if (inner === undefined || inner === '' || valueAt(item, inner) === undefined) return path;
    return path === '' ? inner : `${path}.${inner}`;
  }
}

function reader(option: string, fact: EventFact, families: number | undefined): Reader {
  if (typeof fact === 'function') {
    return ({ request, readable, item, json }) => {
      const value = readable ? fact(request, item) : undefined;
      return isRounded(value) ? integerReadAs(json(), value) : value;
    };
  }
  if ('header' in fact) {
    const names = headerNames(`${option}.header`, fact.header, families);
    return ({ request, family }) => headerValue(request.headers, names, family);
  }
  if ('path' in fact) {
    const keys = fact.path === '' ? [] : fact.path.split('.');
    return ({ item, json }) => {
      const value = valueAtKeys(item, keys);
      return isRounded(value) ? integerAt(json(), fact.path) : value;
    };
  }
  const parts = fact.join.map((part) => reader(option, part, families));
  const separator = fact.by ?? '.';
  return (place) => {
    // By hand, as this is done for each request.
    let joined: string | undefined;
    for (const part of parts) {
      const text = textOf(part(place));
      if (joined === undefined) {
        if (text === undefined) return undefined;
        joined = text;
      } else if (text !== undefined) joined += separator + text;
    }
    return joined;
  };
}

/** Tells two deliveries of the same bytes apart that have no id. */
function distinction(
  { type, distinctBy }: EventFactOptions,
  readType: Reader | undefined,
  families: number | undefined,
): Reader | undefined {
  if (distinctBy === 'body') return undefined;
  if (distinctBy !== undefined) return reader('distinctBy', distinctBy, families);
  return type !== undefined && readsHeader(type) ? readType : undefined;
}

function readsHeader(fact: EventFact): boolean {
  if (typeof fact === 'function') return false;
  return 'join' in fact ? fact.join.some(readsHeader) : 'header' in fact;
}

/** The bytes of a JSON payload, also of one in a form. */
function jsonOf(request: SignedRequest): Buffer {
  const { buffer, byteOffset, byteLength } = request.body;
  const body = Buffer.from(buffer, byteOffset, byteLength);
  const reading = payloadOf(request);
  return (reading.ok ? jsonBytes(reading, body) : undefined) ?? body;
}

function readsBody(fact: EventFact): boolean {
  if (typeof fact === 'function') return true;
  return 'join' in fact ? fact.join.some(readsBody) : 'path' in fact;
}

/** Paths of the items, up to one more than the limit; `undefined` without an array. */
function itemPaths(
  payload: unknown,
  [array = '', ...inner]: readonly string[],
): string[] | undefined {
  const items: unknown = valueAt(payload, array);
  if (!Array.isArray(items)) return undefined;
  const found: string[] = [];
  for (let index = 0; index < items.length && found.length <= MAX_EVENTS; index++) {
    const path = array === '' ? String(index) : `${array}.${index}`;
    if (inner.length === 0) found.push(path);
    else for (const rest of itemPaths(items[index], inner) ?? []) found.push(`${path}.${rest}`);
  }
  return found;
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
