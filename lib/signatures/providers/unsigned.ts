import { readFacts, type EventFactOptions } from '../event-fact.js';
import type { SignatureScheme } from '../signature-scheme.js';

/**
 * A sender that does not sign. **Anybody who knows the URL can post to it**, so it has to be asked for
 * by this name; put it behind something that keeps others out.
 *
 * @param facts where the sender puts the event's id, type and time
 * @example
 * ```ts
 * unsigned({ type: { path: 'event' }, id: { header: 'x-delivery' } })
 * ```
 * @publicApi
 */
export function unsigned(facts: EventFactOptions = {}): SignatureScheme {
  return {
    name: 'unsigned',
    verify: () => ({ ok: true, keyIndex: 0 }),
    describe: (request, payload) => readFacts(facts, request, payload),
  };
}
