import { OptionsReader } from '../options/options.reader.js';
import { DEFAULT_RETENTION_OPTIONS, type ResolvedRetentionOptions } from './retention.options.js';

/**
 * @param given the host's `retention` options
 * @throws {ConfigurationError} that names the option
 * @internal
 */
export function resolveRetentionOptions(given: unknown): ResolvedRetentionOptions {
  const options = new OptionsReader('retention', given, DEFAULT_RETENTION_OPTIONS);
  return {
    enabled: options.boolean('enabled'),
    completedDays: options.number('completedDays', { min: 0 }),
    discardedDays: options.number('discardedDays', { min: 0 }),
    intervalMs: options.integer('intervalMs', { min: 1 }),
    batchSize: options.integer('batchSize', { min: 1, max: 10_000 }),
  };
}
