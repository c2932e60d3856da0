import { boolean, integer, number } from '../options/option.kinds.js';
import { optionGroup, type OptionsOf, type ResolvedOf } from '../options/option.group.js';

/** @internal */
export const RETENTION_OPTIONS = optionGroup('retention', {
  /** Whether this process deletes old rows. This needs the role `work` too. @default true */
  enabled: boolean(true),
  /**
   * How long to keep completed and cancelled jobs, events, firings and notifications, in days. A copy of an event that
   * arrives later than this counts as a new event. @default 30
   */
  completedDays: number(30, { min: 0 }),
  /**
   * How long to keep discarded jobs, with their events, firings and notifications, in days; and the items that pollers
   * have parked, or have set aside before the poller was removed. @default 90
   */
  discardedDays: number(90, { min: 0 }),
  /** How often to look for old rows, in milliseconds. @default 600_000 */
  intervalMs: integer(600_000, { min: 1 }),
  /** Most rows to look at in one transaction; the next one follows at once. @default 500 */
  batchSize: integer(500, { min: 1, max: 10_000 }),
});

/**
 * How long to keep rows of work that has ended. An event is deleted after its last job; a rule's state and a
 * poller's cursor are never deleted.
 *
 * @publicApi
 */
export interface RetentionOptions extends OptionsOf<typeof RETENTION_OPTIONS> {}

/** @internal */
export type ResolvedRetentionOptions = ResolvedOf<typeof RETENTION_OPTIONS>;
