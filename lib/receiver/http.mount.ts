import type { ReceiverRoute } from './receiver.route.js';

/**
 * The receiver in the HTTP application of one platform. What differs between the platforms stands in the
 * classes that implement this.
 *
 * @internal
 */
export interface HttpMount {
  /**
   * Starts to receive.
   *
   * @throws {ConfigurationError} when the application cannot take the receiver at this route
   */
  open(route: ReceiverRoute): void;

  /**
   * Finds the host's route that takes the requests of a source before the receiver sees them. Asked when the
   * controllers have their routes.
   *
   * @returns the path of that route, or `undefined` where the receiver gets the requests
   */
  clashOf(method: string, source: string, route: ReceiverRoute): string | undefined;
}

/** The methods that a source answers; `undefined` for an unknown source. */
export type MethodsOf = (source: string) => ReadonlySet<string> | undefined;
