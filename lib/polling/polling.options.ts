/**
 * How pollers are run in this process.
 *
 * @publicApi
 */
export interface PollingOptions {
  /**
   * Whether this process runs pollers by their schedules. Without, it leaves them to other processes;
   * `PollRegistry.run` works all the same. @default true
   */
  readonly enabled?: boolean;
  /**
   * How long a process holds a poller, in milliseconds, without renewing its lease. After a crash
   * another process takes the poller over when it has run out. @default 60_000
   */
  readonly leaseMs?: number;
  /** How long a graceful stop waits for the pages that are being read, in milliseconds. @default 10_000 */
  readonly stopTimeoutMs?: number;
}

/** @internal */
export type ResolvedPollingOptions = Required<PollingOptions>;

/** @internal */
export const RESOLVED_POLLING_OPTIONS = Symbol('hookline:polling-options');

export const DEFAULT_POLLING_OPTIONS: ResolvedPollingOptions = {
  enabled: true,
  leaseMs: 60_000,
  stopTimeoutMs: 10_000,
};
