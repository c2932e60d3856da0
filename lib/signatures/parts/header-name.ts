import { ConfigurationError } from '../../errors/configuration.error.js';
import type { SignedRequest } from '../signature-scheme.js';

/**
 * The name of a header, in any case. Several names if the sender's headers come in families, such as `svix-id` or
 * `webhook-id`: all headers are read from the first family whose signature header is present.
 *
 * @publicApi
 */
export type HeaderName = string | readonly string[];

const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * The name of a header as Node.js spells it: in lower case.
 *
 * @throws {ConfigurationError} for a text that cannot be the name of a header, and so would always be missing
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

/**
 * The names of a header, one a family.
 *
 * @param families how many families there are @default any number
 * @throws {ConfigurationError} for a text that cannot be the name of a header, and for another number of names
 * @internal
 */
export function headerNames(
  option: string,
  given: HeaderName,
  families?: number,
): readonly [string, ...string[]] {
  const [first, ...others] = Array.isArray(given) ? (given as unknown[]) : [given];
  const names = [
    headerName(option, first),
    ...others.map((name) => headerName(option, name)),
  ] as const;
  if (families === undefined || names.length === 1 || names.length === families) return names;
  throw ConfigurationError.invalidOption(
    option,
    `one header, or one for each of the ${families} of \`signature.header\``,
    given,
    'List the names in the order of `signature.header`.',
  );
}

/**
 * The value of a header in a request.
 *
 * @param family which of the names to read @default the first that the request has
 * @internal
 */
export function headerValue(
  headers: SignedRequest['headers'],
  names: readonly [string, ...string[]],
  family?: number,
): string | string[] | undefined {
  const at = family ?? names.findIndex((name) => headers[name] !== undefined);
  return headers[names[at] ?? names[0]];
}
