import { ConfigurationError } from '../errors/configuration.error.js';

const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * The name of a header as Node.js spells it: in lower case.
 *
 * @throws {ConfigurationError} for what cannot be the name of a header, and so would always be missing
 * @internal
 */
export function headerName(option: string, given: unknown): string {
  if (typeof given === 'string' && HEADER_NAME.test(given)) return given.toLowerCase();
  throw ConfigurationError.invalidOption(
    option,
    'the name of a header',
    given,
    "Write it as 'x-signature', without a colon or spaces.",
  );
}
