import type { IncomingEvent } from '../inbox/incoming-event.js';
import { MAX_EVENTS } from '../signatures/facts/event-fact.reader.js';
import { payloadOf } from '../signatures/parts/request-payload.js';
import type { SignedRequest, Verified } from '../signatures/signature-scheme.js';
import { identify } from './event-identity.js';
import { eventItems, type EventItem } from './event-items.js';
import { incomingEvent } from './incoming-event.factory.js';
import { TOO_MANY_EVENTS, type RequestRefusal } from './request-refusal.js';
import type { Source } from './source.registry.js';

/** Most bytes that the events of one body may take together, where they take more than the body. */
const MAX_STORED_BYTES = 16 * 1024 * 1024;

/** The events of a request, ready for the inbox. */
export interface IdentifiedEvents {
  readonly ok: true;
  readonly events: readonly IncomingEvent[];
  /** In the order of the events. */
  readonly items: readonly EventItem[];
  /** Whether the body may hold several events: the answer then counts them. */
  readonly isBatch: boolean;
}

/**
 * Finds the events of a verified request.
 *
 * @param body its bytes
 * @throws whatever the source's functions throw
 * @internal
 */
export async function identifiedEvents(
  source: Source,
  request: SignedRequest,
  body: Buffer,
  verified: Verified,
): Promise<IdentifiedEvents | RequestRefusal> {
  const reading = payloadOf(request);
  if (!reading.ok) return refusal(reading.unsupported === true ? 415 : 400, reading.reason);
  const isBatch = verified.events !== undefined;
  if (isBatch && verified.events.length > MAX_EVENTS) return TOO_MANY_EVENTS;
  const items = eventItems(body, reading, verified);
  if (storedBytes(items) > Math.max(MAX_STORED_BYTES, body.length)) {
    return refusal(413, 'its events share the bytes of the body, and each would store all of them');
  }
  const headers = storedHeaders(source, request);
  const events: IncomingEvent[] = [];
  for (const item of items) {
    const found = await identify(source, request, item);
    if (!found.ok)
      return refusal(400, isBatch ? `${found.reason}, at '${item.path}'` : found.reason);
    events.push(incomingEvent(source, found.identity, item, headers));
  }
  return { ok: true, events, items, isBatch };
}

function storedBytes(items: readonly EventItem[]): number {
  let bytes = 0;
  for (const { rawBody } of items) bytes += rawBody.length;
  return bytes;
}

function storedHeaders(
  { storeHeaders }: Source,
  { headers }: SignedRequest,
): Record<string, string> {
  const stored: Record<string, string> = {};
  for (const name of storeHeaders) {
    const value = headers[name];
    if (value !== undefined) stored[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return stored;
}

function refusal(status: number, reason: string): RequestRefusal {
  return { ok: false, status, reason };
}
