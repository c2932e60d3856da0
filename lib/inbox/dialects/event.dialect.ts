import type { Steps } from '../../database/statement.js';
import type { EventEntity } from '../event.entity.js';

/**
 * All hot SQL of the inbox, one method a statement.
 *
 * @internal
 */
export abstract class EventDialect {
  /**
   * Stores events whose (source, tenant, id) is new. The unique index decides between two copies
   * that come at the same time, also to two processes.
   *
   * @returns keys of those that were new
   */
  abstract insert(events: readonly EventEntity[]): Steps<Set<string>>;
}
