import { ConfigurationError } from '../../errors/configuration.error.js';

/**
 * Checks the text of a required option, which may come from `process.env`.
 *
 * @param cure how to repair it, such as `Set it`
 * @throws {ConfigurationError} for anything else, and for a blank text
 * @internal
 */
export function requiredText(option: string, given: unknown, cure = 'Set it'): string {
  if (typeof given === 'string' && given.trim() !== '') return given;
  throw ConfigurationError.invalidOption(
    option,
    'a non-blank text',
    given,
    `${cure} (an unset environment variable is the usual cause).`,
  );
}
