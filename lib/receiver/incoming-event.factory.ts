import type { IncomingEvent } from '../inbox/incoming-event.js';
import type { EventIdentity } from './event-identity.js';
import type { EventItem } from './event-items.js';
import type { Source } from './source.registry.js';

/**
 * Makes what the inbox takes. A payload that came in a form's field is put back there: the path to the
 * event's data then holds for what is stored.
 *
 * @param headers those that are stored
 * @internal
 */
export function incomingEvent(
  source: Source,
  identity: EventIdentity,
  { reading: { format, contentType, payload, field }, rawBody }: EventItem,
  headers: Readonly<Record<string, string>>,
): IncomingEvent {
  // Field by field: to spread two objects into one takes a microsecond, for each event.
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
