import { randomUUID } from 'node:crypto';
import type { EventFact } from './event-fact.js';

/**
 * An id for senders whose bodies only say where to look again: the next change has the same body, and
 * a digest of it would make all of them one event. So each delivery is one, a retry included.
 *
 * @internal
 */
export const everyDelivery: EventFact = () => randomUUID();
