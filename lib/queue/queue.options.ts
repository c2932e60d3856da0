import { ConfigurationError } from '../errors/configuration.error.js';
import { isRecord } from '../options/is-record.js';
import { checkedBy, integer } from '../options/option.kinds.js';
import { optionGroup, type OptionsOf, type ResolvedOf } from '../options/option.group.js';
import { BACKOFF_OPTIONS, type BackoffOptions } from '../retry/backoff.options.js';

/** @internal */
export const QUEUE_OPTIONS = optionGroup('queue', {
  /**
   * Most jobs of each pool that run at the same time in this process. A pool keeps no other waiting: there is
   * one for handlers (`handlers`), one for rules (`rules`), and one for each channel, with its name.
   * @default 10
   */
  concurrency: integer(10, { min: 1 }),
  /**
   * The same for single pools, by their names, such as `{ email: 2 }`. @default `concurrency` for each
   */
  pools: checkedBy<Readonly<Record<string, number>>>(resolvePools),
  /**
   * Most jobs of each pool that this process leases beyond those that run. If attempts are slow it leases fewer, about as
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

function resolvePools(given: unknown, name: string): Readonly<Record<string, number>> {
  if (given === undefined) return {};
  if (!isRecord(given)) {
    throw ConfigurationError.invalidOption(
      name,
      'an object with a number for each pool',
      given,
      'Write it as { email: 2 }, or leave it out.',
    );
  }
  const concurrency = integer(undefined, { min: 1 });
  const pools: Record<string, number> = {};
  for (const [pool, value] of Object.entries(given)) {
    const most = concurrency.resolve(value, `${name}.${pool}`);
    if (most !== undefined) pools[pool] = most;
  }
  return pools;
}
