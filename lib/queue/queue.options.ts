import { integer } from '../options/option.kinds.js';
import { optionGroup, type OptionsOf, type ResolvedOf } from '../options/option.group.js';
import { BACKOFF_OPTIONS, type BackoffOptions } from '../retry/backoff.options.js';

/** @internal */
export const QUEUE_OPTIONS = optionGroup('queue', {
  /** Most jobs that run at the same time in this process. @default 10 */
  concurrency: integer(10, { min: 1 }),
  /**
   * Most jobs that this process leases beyond those that run. If attempts are slow it leases fewer, about as
   * many as it runs in a second, so that other processes can lease them.
   * @default 500
   */
  prefetch: integer(500, { min: 0 }),
  /**
   * Most bytes of waiting and running jobs' events and notifications that this process has in memory, as they
   * are stored; parsed, they may take several times as many. Further jobs are left to other processes, or
   * loaded when there is room. A larger one runs while no other is in memory. @default 67_108_864 (64 MiB)
   */
  maxHeldBytes: integer(67_108_864, { min: 1 }),
  /**
   * How many attempts a job has before it is discarded. An attempt counts when it starts; a job that kills
   * its process uses up its own attempts only. @default 12
   */
  maxAttempts: integer(12, { min: 1 }),
  /** How long one attempt may take, in milliseconds, unless the handler says otherwise. @default 30_000 */
  timeoutMs: integer(30_000, { min: 1 }),
  /** Delays between attempts. With the defaults, 12 attempts take about three days. */
  backoff: BACKOFF_OPTIONS.as<BackoffOptions>(),
  /**
   * How long a lease lasts, in milliseconds. It is renewed while the job runs; after a crash, another process
   * takes the job over when the lease has run out. @default 60_000
   */
  leaseMs: integer(60_000, { min: 100 }),
  /** How often to look for jobs that became due, or whose lease ran out, in milliseconds. @default 1_000 */
  pollIntervalMs: integer(1_000, { min: 1 }),
  /** How long a graceful stop waits for running jobs, in milliseconds. @default 10_000 */
  stopTimeoutMs: integer(10_000, { min: 0 }),
});

/**
 * How this process runs jobs.
 *
 * @publicApi
 */
export interface QueueOptions extends OptionsOf<typeof QUEUE_OPTIONS> {}

/** @internal */
export interface ResolvedQueueOptions extends ResolvedOf<typeof QUEUE_OPTIONS> {
  /** Whether this process has the role `work`: it runs jobs. */
  readonly enabled: boolean;
}
