import type { EventFactOptions } from '../event-fact.js';
import { EventFactReader } from '../event-fact.reader.js';
import type { SignatureScheme } from '../signature-scheme.js';

/**
 * A sender that does not sign. **Anybody who knows the URL can post to it**, so it has to be asked for
 * by this name; put it behind something that keeps others out.
 *
 * @param facts where the sender puts the event's id, type and time
 * @throws {ConfigurationError} for what cannot be the name of a header
 * @example
 * ```ts
 * unsigned({ type: { path: 'event' }, id: { header: 'x-delivery' } })
 * ```
 * @publicApi
 */
export function unsigned(facts: EventFactOptions = {}): SignatureScheme {
  const reader = new EventFactReader(facts);
  return {
    name: 'unsigned',
    verify: (request) => reader.verified(request, 0),
  };
}
