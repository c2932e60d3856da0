import { ConfigurationError } from '../../errors/configuration.error.js';

/**
 * One of a few words, for options that may come from a file or from plain JavaScript: an unknown one
 * would otherwise be found out by the first request.
 *
 * @throws {ConfigurationError} for any other word
 * @internal
 */
export function choice<Word extends string>(
  option: string,
  given: Word,
  words: readonly Word[],
): Word {
  if (words.includes(given)) return given;
  throw ConfigurationError.invalidOption(
    option,
    words.map((word) => `'${word}'`).join(' or '),
    given,
    'Use one of these.',
  );
}
