import { ConfigurationError } from '../../errors/configuration.error.js';

/**
 * A text that an option has to be, for what may come from `process.env`.
 *
 * @throws {ConfigurationError} for anything else, and for a blank text
 * @internal
 */
export function requiredText(option: string, given: unknown): string {
  if (typeof given === 'string' && given.trim() !== '') return given;
  throw ConfigurationError.invalidOption(
    option,
    'a non-blank text',
    given,
    'Set it (an unset environment variable is the usual cause).',
  );
}
