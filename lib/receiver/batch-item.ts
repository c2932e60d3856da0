import { jsonSlices } from '../event/json-slices.js';
import { jsonBytes, type PayloadReading } from '../event/payload.js';
import { valueAtKeys } from '../event/value-at.js';
import type { EventFacts } from '../signatures/signature-scheme.js';

/** One event of a body that holds several. */
export interface BatchItem {
  /** Where its data is in the whole payload. */
  readonly path: string;
  /** What the scheme says of it; its `dataPath` starts at the item. */
  readonly facts: EventFacts;
  /** What is read of its bytes: the item. */
  readonly reading: SuccessfulReading;
  /** The item's bytes as they arrived; in UTF-8, where they were in something else. */
  readonly rawBody: Buffer;
}

type SuccessfulReading = Extract<PayloadReading, { ok: true }>;

/** A path in two parts. */
interface SplitPath {
  readonly item: readonly string[];
  readonly inner: string;
}

/**
 * Gives each event of a body its own part of the bytes. What is not JSON cannot be taken apart: its
 * events share the bytes, and differ by their paths.
 *
 * @param body the body as it was read
 * @param reading what it holds
 * @param events what the scheme says of them
 * @internal
 */
export function batchItems(
  body: Buffer,
  reading: SuccessfulReading,
  events: readonly EventFacts[],
): BatchItem[] {
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

/** The same bytes are those of all: without this, they would be one event. */
function apart({ distinctBy = '' }: EventFacts, path: string): string {
  return JSON.stringify([distinctBy, path]);
}

/**
 * An item is what an array holds: the path to its data may go on inside of it. Where there is no array,
 * the data is the item.
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
