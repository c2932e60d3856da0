import { ConfigurationError } from '../../errors/configuration.error.js';

/**
 * Checks a word of an option. Options may come from a file or from plain JavaScript; an unknown word must fail at
 * start-up and not at the first request.
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
