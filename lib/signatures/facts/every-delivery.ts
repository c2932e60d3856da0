import { randomUUID } from 'node:crypto';
import type { EventFact } from './event-fact.js';

/**
 * An id for senders whose bodies only say where to look. The next change has the same body, and a digest of
 * it would make all changes one event. So each delivery is an event of its own, a retry too.
 *
 * @internal
 */
export const everyDelivery: EventFact = () => randomUUID();
