import { ConfigurationError } from '../errors/configuration.error.js';

/**
 * A source and a route of the host have one address.
 *
 * @internal
 */
export function clashError(source: string, route: string): ConfigurationError {
  return ConfigurationError.because(
    `sources.${source}`,
    `The application has a route '${route}', which clashes with the source '${source}'.`,
    'Give the source another name, choose another `path`, or another path for the controller.',
  );
}
