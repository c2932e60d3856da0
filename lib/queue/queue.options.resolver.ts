import { OptionsReader } from '../options/options.reader.js';
import { DEFAULT_BACKOFF } from '../retry/backoff.js';
import { DEFAULT_QUEUE_OPTIONS, type ResolvedQueueOptions } from './queue.options.js';

/**
 * @param given the host's `queue` options
 * @throws {ConfigurationError} that names the option
 * @internal
 */
export function resolveQueueOptions(given: unknown): ResolvedQueueOptions {
  const options = new OptionsReader('queue', given, DEFAULT_QUEUE_OPTIONS);
  const backoff = new OptionsReader('queue.backoff', options.value('backoff'), DEFAULT_BACKOFF);
  return {
    enabled: options.boolean('enabled'),
    concurrency: options.integer('concurrency', { min: 1 }),
    prefetch: options.integer('prefetch', { min: 0 }),
    maxHeldBytes: options.integer('maxHeldBytes', { min: 1 }),
    maxAttempts: options.integer('maxAttempts', { min: 1 }),
    timeoutMs: options.integer('timeoutMs', { min: 1 }),
    leaseMs: options.integer('leaseMs', { min: 100 }),
    pollIntervalMs: options.integer('pollIntervalMs', { min: 1 }),
    stopTimeoutMs: options.integer('stopTimeoutMs', { min: 0 }),
    backoff: {
      baseMs: backoff.number('baseMs', { min: 0 }),
      factor: backoff.number('factor', { min: 1 }),
      capMs: backoff.number('capMs', { min: 0 }),
      jitter: backoff.number('jitter', { min: 0, max: 1 }),
    },
  };
}
