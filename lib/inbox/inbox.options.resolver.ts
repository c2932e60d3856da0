import { OptionsReader } from '../options/options.reader.js';
import { DEFAULT_INBOX_OPTIONS, type ResolvedInboxOptions } from './inbox.options.js';

/**
 * @param given the host's `inbox` options
 * @throws {ConfigurationError} that names the option
 * @internal
 */
export function resolveInboxOptions(given: unknown): ResolvedInboxOptions {
  const options = new OptionsReader('inbox', given, DEFAULT_INBOX_OPTIONS);
  return {
    maxWaiting: options.integer('maxWaiting', { min: 1 }),
    maxGroup: options.integer('maxGroup', { min: 1, max: 1_000 }),
    acceptTimeoutMs: options.integer('acceptTimeoutMs', { min: 100 }),
  };
}
