import {
  DEFAULT_BACKOFF,
  type BackoffOptions,
  type ResolvedBackoffOptions,
} from '../retry/backoff.js';

/**
 * How jobs are run.
 *
 * @publicApi
 */
export interface QueueOptions {
  /**
   * Whether this process runs jobs. Without, it accepts events and leaves the work to others.
   * @default true
   */
  readonly enabled?: boolean;
  /** Most jobs that run at the same time in this process. @default 10 */
  readonly concurrency?: number;
  /**
   * Most jobs that this process holds leased beyond those that run. Where attempts are slow it holds
   * fewer, about as many as it gets through in a second, so that other processes can have them.
   * @default 500
   */
  readonly prefetch?: number;
  /**
   * Most bytes of waiting and running jobs' events and notifications that this process has in memory, as they
   * are stored; parsed, they may take several times as many. Further jobs are left to other processes, or
   * read when there is room. A larger one is run while there is no other. @default 67_108_864 (64 MiB)
   */
  readonly maxHeldBytes?: number;
  /**
   * How often a job is tried before it is discarded. An attempt counts when it starts; a process that
   * dies uses up attempts only of the job that it died of. @default 12
   */
  readonly maxAttempts?: number;
  /** How long one attempt may take, in milliseconds, unless the handler says otherwise. @default 30_000 */
  readonly timeoutMs?: number;
  /** Delays between attempts. With the defaults, 12 attempts take about three days. */
  readonly backoff?: BackoffOptions;
  /**
   * How long a lease lasts, in milliseconds. It is renewed while the job runs; after a crash another
   * process takes the job over when it has run out. @default 60_000
   */
  readonly leaseMs?: number;
  /** How often to look for jobs that became due or were left by others, in milliseconds. @default 1_000 */
  readonly pollIntervalMs?: number;
  /** How long a graceful stop waits for running jobs, in milliseconds. @default 10_000 */
  readonly stopTimeoutMs?: number;
}

/** @internal */
export interface ResolvedQueueOptions extends Required<Omit<QueueOptions, 'backoff'>> {
  readonly backoff: ResolvedBackoffOptions;
}

/** @internal */
export const RESOLVED_QUEUE_OPTIONS = Symbol('hookline:queue-options');

export const DEFAULT_QUEUE_OPTIONS: ResolvedQueueOptions = {
  enabled: true,
  concurrency: 10,
  prefetch: 500,
  maxHeldBytes: 64 * 1024 * 1024,
  maxAttempts: 12,
  timeoutMs: 30_000,
  backoff: DEFAULT_BACKOFF,
  leaseMs: 60_000,
  pollIntervalMs: 1_000,
  stopTimeoutMs: 10_000,
};
