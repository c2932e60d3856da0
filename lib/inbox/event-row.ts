import type { WebhookEvent } from '../event/webhook-event.js';
import type { EventEntity, EventStatus } from './event.entity.js';
import type { EventSeal } from './event.seal.js';
import type { IncomingEvent } from './incoming-event.js';

/**
 * Makes the row of an event, with body and headers sealed if its source is.
 *
 * @param reason why the event was rejected; `null` for other statuses
 * @internal
 */
export function eventRow(
  seal: EventSeal,
  incoming: IncomingEvent,
  event: WebhookEvent,
  status: EventStatus,
  reason: string | null,
): EventEntity {
  const { headers, body, bodyEncoding } = seal.close(event.source, event.key, {
    headers: JSON.stringify(event.headers),
    rawBody: event.rawBody,
  });
  return {
    key: event.key,
    source: event.source,
    tenant: event.tenant,
    id: event.id,
    type: event.type,
    status,
    reason,
    occurredAt: event.occurredAt.getTime(),
    receivedAt: event.receivedAt.getTime(),
    headers,
    body,
    bodyEncoding,
    format: incoming.format,
    contentType: incoming.contentType ?? null,
    dataPath: incoming.dataPath,
  };
}
