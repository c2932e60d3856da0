/**
 * How long what has ended is kept. An event goes when none of its jobs is left; a rule's state and a
 * poller's cursor are kept for good.
 *
 * @publicApi
 */
export interface RetentionOptions {
  /** Whether this process deletes what is too old. It takes `queue.enabled` too. @default true */
  readonly enabled?: boolean;
  /**
   * How long completed and cancelled jobs, events and notifications are kept, in days. A copy of an
   * event that comes later than this is taken for a new one. @default 30
   */
  readonly completedDays?: number;
  /**
   * How long discarded jobs are kept, with their events and notifications, in days; and what pollers have parked, or have
   * set aside before they were removed. @default 90
   */
  readonly discardedDays?: number;
  /** How often to look for what is too old, in milliseconds. @default 600_000 */
  readonly intervalMs?: number;
  /** Most rows that are looked at in one transaction; the next one follows at once. @default 500 */
  readonly batchSize?: number;
}

/** @internal */
export type ResolvedRetentionOptions = Required<RetentionOptions>;

/** @internal */
export const RESOLVED_RETENTION_OPTIONS = Symbol('hookline:retention-options');

export const DEFAULT_RETENTION_OPTIONS: ResolvedRetentionOptions = {
  enabled: true,
  completedDays: 30,
  discardedDays: 90,
  intervalMs: 600_000,
  batchSize: 500,
};
