import { instantOfKey } from './instant-of-key.js';
import type { KeysetOrder } from './keyset.order.js';

/**
 * The order of a primary key of UUIDs of version 7, which begin with the time.
 *
 * @internal
 */
export function newestFirst<Entity>(column: keyof Entity & string): KeysetOrder<Entity> {
  return {
    name: 'newest',
    columns: [{ column, kind: 'uuid' }],
    direction: 'DESC',
    instantOf: ([key]) => instantOfKey(String(key)),
  };
}
