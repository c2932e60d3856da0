import type { EventEntity } from '../event.entity.js';

// Shared by the dialects whose parameters are question marks, one for each value.

/** The columns of a new event besides its key. */
export const NEW_EVENT_COLUMNS = `source, tenant, event_id, type, status, reason, occurred_at,
        received_at, headers, body, body_encoding, format, content_type, data_path`;

/** How many values a new event has. */
export const NEW_EVENT_VALUES = 15;

/** The event's key, and the values of {@link NEW_EVENT_COLUMNS}. */
export function newEventValues(event: EventEntity): (string | number | null)[] {
  return [
    event.key,
    event.source,
    event.tenant,
    event.id,
    event.type,
    event.status,
    event.reason,
    event.occurredAt,
    event.receivedAt,
    event.headers,
    event.body,
    event.bodyEncoding,
    event.format,
    event.contentType,
    event.dataPath,
  ];
}
