import type { Steps } from '../../database/statement.js';
import type { QueueDialect } from '../../queue/dialects/queue.dialect.js';
import type { JobRow } from '../../queue/job.js';
import type { EventEntity } from '../event.entity.js';

/**
 * All hot SQL of the inbox, one method a statement.
 *
 * @internal
 */
export abstract class EventDialect {
  constructor(private readonly queue: QueueDialect) {}

  /**
   * Stores events whose (source, tenant, id) is new. The unique index decides between two copies
   * that come at the same time, also to two processes.
   *
   * @returns keys of those that were new
   */
  abstract insert(events: readonly EventEntity[]): Steps<Set<string>>;

  /**
   * Stores events that are new together with their jobs, whose `ref` is the event's key.
   *
   * @returns keys of the events that were new
   */
  *insertWithJobs(events: readonly EventEntity[], jobs: readonly JobRow[]): Steps<Set<string>> {
    const inserted = yield* this.insert(events);
    const wanted = jobs.filter(({ ref }) => inserted.has(ref));
    if (wanted.length > 0) yield* this.queue.insert(wanted);
    return inserted;
  }
}
