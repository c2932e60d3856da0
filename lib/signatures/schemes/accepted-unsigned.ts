import { ConfigurationError } from '../../errors/configuration.error.js';

/**
 * What has to be written out for a sender that signs nothing, so that nobody takes it for verified.
 *
 * @publicApi
 */
export interface AcceptUnsigned {
  /** That anybody who knows the URL can post to it is known, and accepted. */
  readonly unsigned: true;
}

/**
 * @throws {ConfigurationError} unless it is written out
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
