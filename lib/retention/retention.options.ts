import { boolean, integer, number } from '../options/option.kinds.js';
import { optionGroup, type OptionsOf, type ResolvedOf } from '../options/option.group.js';

/** @internal */
export const RETENTION_OPTIONS = optionGroup('retention', {
  /** Whether this process deletes what is too old. It takes `queue.enabled` too. @default true */
  enabled: boolean(true),
  /**
   * How long completed and cancelled jobs, events and notifications are kept, in days. A copy of an
   * event that comes later than this is taken for a new one. @default 30
   */
  completedDays: number(30, { min: 0 }),
  /**
   * How long discarded jobs are kept, with their events and notifications, in days; and the items that pollers have
   * parked, or have set aside before the poller was removed. @default 90
   */
  discardedDays: number(90, { min: 0 }),
  /** How often to look for what is too old, in milliseconds. @default 600_000 */
  intervalMs: integer(600_000, { min: 1 }),
  /** Most rows that are looked at in one transaction; the next one follows at once. @default 500 */
  batchSize: integer(500, { min: 1, max: 10_000 }),
});

/**
 * How long what has ended is kept. An event is deleted when its last job is; a rule's state and a
 * poller's cursor are kept for good.
 *
 * @publicApi
 */
export interface RetentionOptions extends OptionsOf<typeof RETENTION_OPTIONS> {}

/** @internal */
export type ResolvedRetentionOptions = ResolvedOf<typeof RETENTION_OPTIONS>;
