import type { IncomingEvent } from '../../../lib/inbox/incoming-event.js';
import { eventId, type IdKind } from '../load/event.ids.js';
import { webhookBody } from '../load/signed.requests.js';

const rawBody = Buffer.from(webhookBody());
const payload: unknown = JSON.parse(rawBody.toString());
const occurredAt = new Date('2026-01-01T00:00:00.000Z');

/** An event as the receiver gives it to the inbox, with an id of its own. */
export function nextEvent(ids: IdKind = 'time-ordered'): IncomingEvent {
  return {
    source: 'game',
    tenant: '',
    id: eventId(ids, Date.now()),
    type: 'points.updated',
    occurredAt,
    headers: {},
    rawBody,
    format: 'json',
    dataPath: 'data',
    payload,
  };
}
