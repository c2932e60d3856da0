import { jsonSlices } from '../event/json-slices.js';
import { jsonBytes, type PayloadReading } from '../event/payload.js';
import { valueAtKeys } from '../event/value-at.js';
import type { EventFacts, Verified } from '../signatures/signature-scheme.js';

/** One event of a request: the whole body, or one of several events in it. */
export interface EventItem {
  /** Where its data is in the whole payload. */
  readonly path: string;
  /** What the scheme says of it; its `dataPath` starts at the item. */
  readonly facts: EventFacts;
  /** What its bytes hold. */
  readonly reading: SuccessfulReading;
  /** Its bytes as they arrived; part of a body in another character set is in UTF-8. */
  readonly rawBody: Buffer;
}

type SuccessfulReading = Extract<PayloadReading, { ok: true }>;

/** A path in two parts. */
interface SplitPath {
  readonly item: readonly string[];
  readonly inner: string;
}

/**
 * Splits the body of a request into its events. A body with a single event is a batch of one.
 *
 * @param body the body as it was read
 * @param reading what the body holds
 * @internal
 */
export function eventItems(
  body: Buffer,
  reading: SuccessfulReading,
  verified: Verified,
): readonly EventItem[] {
  return verified.events === undefined
    ? [{ path: '', facts: verified, reading, rawBody: body }]
    : batchItems(body, reading, verified.events);
}

/**
 * Gives each event its own part of the bytes. A body that is not JSON cannot be split: its events share
 * the bytes, and differ by their paths.
 */
function batchItems(
  body: Buffer,
  reading: SuccessfulReading,
  events: readonly EventFacts[],
): EventItem[] {
  const { payload } = reading;
  const paths = events.map(({ dataPath = '' }) => splitPath(payload, dataPath));
  const json = jsonBytes(reading, body);
  const slices =
    json === undefined
      ? []
      : jsonSlices(
          json,
          paths.map(({ item }) => item.join('.')),
        );
  return events.map((facts, index) => {
    const { dataPath: path = '' } = facts;
    const { item, inner } = paths[index] ?? { item: [], inner: path };
    const rawBody = slices[index];
    return rawBody === undefined
      ? { path, facts: { ...facts, distinctBy: apart(facts, path) }, reading, rawBody: body }
      : {
          path,
          facts: { ...facts, dataPath: inner },
          reading: { ok: true, format: 'json', payload: valueAtKeys(payload, item) },
          rawBody,
        };
  });
}

/** Events that share their bytes would also share the digest that becomes their id. */
function apart({ distinctBy = '' }: EventFacts, path: string): string {
  return JSON.stringify([distinctBy, path]);
}

/**
 * An item is an element of an array: the path to its data may continue inside it. Where there is no array, the
 * data is the item.
 */
function splitPath(payload: unknown, path: string): SplitPath {
  const keys = path === '' ? [] : path.split('.');
  let length = keys.length;
  let value = payload;
  for (const [index, key] of keys.entries()) {
    if (Array.isArray(value)) length = index + 1;
    value = valueAtKeys(value, [key]);
  }
  return { item: keys.slice(0, length), inner: keys.slice(length).join('.') };
}
