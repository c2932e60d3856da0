import type { PayloadReading } from '../event/payload.js';
import type { IncomingEvent } from '../inbox/incoming-event.js';

/** What the inbox has to know to find an event's data, now and in the stored bytes. */
type PlacedPayload = Pick<IncomingEvent, 'format' | 'contentType' | 'payload' | 'dataPath'>;

/**
 * Where an event's data is in its body. A payload that came in a form's field is put back there: the
 * path then holds for what is stored.
 *
 * @param dataPath path from the payload to the data
 * @internal
 */
export function placed(
  { format, payload, field, contentType }: Extract<PayloadReading, { ok: true }>,
  dataPath: string,
): PlacedPayload {
  if (field === undefined) return { format, contentType, payload, dataPath };
  const path = dataPath === '' ? field : `${field}.${dataPath}`;
  return { format, contentType, payload: { [field]: payload }, dataPath: path };
}
