import { ConfigurationError } from '../../errors/configuration.error.js';

/**
 * What a host must write out for a sender that signs nothing, so that no reader believes its requests are verified.
 *
 * @publicApi
 */
export interface AcceptUnsigned {
  /** You accept that nothing is signed: anyone who knows the URL can post to it. */
  readonly unsigned: true;
}

/**
 * @throws {ConfigurationError} unless `unsigned: true` is set
 * @internal
 */
export function assertAcceptedUnsigned(sender: string, options: AcceptUnsigned | undefined): void {
  if (options?.unsigned === true) return;
  throw ConfigurationError.because(
    'unsigned',
    `${sender} signs nothing: anyone who knows the URL can post to it.`,
    'Set `unsigned: true` to accept that, and keep the URL secret.',
  );
}
