import { ConfigurationError } from '../errors/configuration.error.js';
import { EventPattern } from '../event/event-pattern.js';

/**
 * @param decorator the decorator that the patterns were given to
 * @param where the decorated method, for the message
 * @throws {ConfigurationError} for a malformed pattern, and without a pattern
 * @internal
 */
export function compilePatterns(
  decorator: string,
  where: string,
  patterns: readonly string[],
): EventPattern[] {
  if (patterns.length === 0) {
    throw ConfigurationError.because(
      decorator,
      `${where} names no event type.`,
      "Give it a type, such as 'points.updated', or '**' for all.",
    );
  }
  return patterns.map((pattern) => {
    try {
      return new EventPattern(pattern);
    } catch (error) {
      throw ConfigurationError.because(
        decorator,
        `The event type of ${where} is malformed: ${(error as Error).message}.`,
        'Correct it.',
        { cause: error },
      );
    }
  });
}
