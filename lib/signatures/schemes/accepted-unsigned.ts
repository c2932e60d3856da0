import { ConfigurationError } from '../../errors/configuration.error.js';

/**
 * What a host must write out for a sender that signs nothing, so that nobody believes its requests are verified.
 *
 * @publicApi
 */
export interface AcceptUnsigned {
  /** You know and accept that anybody who knows the URL can post to it. */
  readonly unsigned: true;
}

/**
 * @throws {ConfigurationError} unless the host wrote it out
 * @internal
 */
export function assertAcceptedUnsigned(sender: string, options: AcceptUnsigned | undefined): void {
  if (options?.unsigned === true) return;
  throw ConfigurationError.because(
    'unsigned',
    `${sender} signs nothing: anybody who knows the URL can post to it.`,
    'Set `unsigned: true` to accept that, and keep the URL secret.',
  );
}
