import { ConfigurationError } from '../../errors/configuration.error.js';

/**
 * A text that an option has to be, for what may come from `process.env`.
 *
 * @param cure what to do about it, such as `Set it`
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
