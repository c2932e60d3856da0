import { OptionsReader } from '../options/options.reader.js';
import { DEFAULT_POLLING_OPTIONS, type ResolvedPollingOptions } from './polling.options.js';

/**
 * @param given the host's `polling` options
 * @throws {ConfigurationError} that names the option
 * @internal
 */
export function resolvePollingOptions(given: unknown): ResolvedPollingOptions {
  const options = new OptionsReader('polling', given, DEFAULT_POLLING_OPTIONS);
  return {
    enabled: options.boolean('enabled'),
    leaseMs: options.integer('leaseMs', { min: 100 }),
    stopTimeoutMs: options.integer('stopTimeoutMs', { min: 0 }),
  };
}
