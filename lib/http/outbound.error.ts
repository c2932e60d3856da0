import { WebhookError } from '../errors/webhook.error.js';

/**
 * Why a request got no answer.
 *
 * - `refused`: the library may not reach its URL or address; it sent nothing
 * - `dns`: its host has no address
 * - `connect`: no connection could be made
 * - `tls`: the server's certificate is not trusted, or the server does not speak TLS
 * - `timed-out`: it took too long
 * - `broken`: the connection broke before there was an answer
 * - `aborted`: its signal was aborted
 *
 * @publicApi
 */
export type OutboundFailure =
  'refused' | 'dns' | 'connect' | 'tls' | 'timed-out' | 'broken' | 'aborted';

/**
 * A request has got no answer. Its message names the host, and neither path nor headers.
 *
 * @publicApi
 */
export class OutboundError extends WebhookError {
  /**
   * Nothing was sent, because the host may not be reached.
   *
   * @internal
   */
  static refused(host: string, refusal: string): OutboundError {
    return new OutboundError('refused', `${host} may not be reached: ${refusal}`);
  }

  constructor(
    /** Why there is no answer. */
    readonly failure: OutboundFailure,
    message: string,
    options?: ErrorOptions,
  ) {
    super('HTTP_NO_ANSWER', message, options);
  }
}
