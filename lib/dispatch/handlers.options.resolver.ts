import { OptionsReader } from '../options/options.reader.js';
import { DEFAULT_HANDLERS_OPTIONS, type ResolvedHandlersOptions } from './handlers.options.js';

/**
 * @param given the host's `handlers` options
 * @throws {ConfigurationError} that names the option
 * @internal
 */
export function resolveHandlersOptions(given: unknown): ResolvedHandlersOptions {
  const options = new OptionsReader('handlers', given, DEFAULT_HANDLERS_OPTIONS);
  return {
    globalGuards: options.boolean('globalGuards'),
    forgetAfterMs: options.integer('forgetAfterMs', { min: 1 }),
  };
}
