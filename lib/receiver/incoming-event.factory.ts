import type { IncomingEvent } from '../inbox/incoming-event.js';
import type { EventIdentity } from './event-identity.js';
import type { EventItem } from './event-items.js';
import type { Source } from './source.registry.js';

/**
 * Makes the event that the inbox takes. A payload that came in a form's field is put back there, so that the path
 * to the event's data is right for what is stored.
 *
 * @param headers the request headers that are stored
 * @internal
 */
export function incomingEvent(
  source: Source,
  identity: EventIdentity,
  { reading: { format, contentType, payload, field }, rawBody }: EventItem,
  headers: Readonly<Record<string, string>>,
): IncomingEvent {
  // Field by field: spreading two objects into one would take a microsecond per event.
  return {
    source: source.name,
    tenant: identity.tenant,
    id: identity.id,
    type: identity.type,
    occurredAt: identity.occurredAt,
    headers,
    rawBody,
    format,
    contentType,
    dataPath: field === undefined ? identity.dataPath : pathIn(field, identity.dataPath),
    payload: field === undefined ? payload : { [field]: payload },
  };
}

function pathIn(field: string, path: string): string {
  return path === '' ? field : `${field}.${path}`;
}
