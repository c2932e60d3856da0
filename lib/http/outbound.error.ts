import { WebhookError } from '../errors/webhook.error.js';

/**
 * Why a request got no answer.
 *
 * - `refused`: its URL or its address is one that may not be reached; nothing was sent
 * - `dns`: its host has no address
 * - `connect`: nobody could be connected to
 * - `tls`: the other side's certificate is not to be trusted, or it does not speak TLS
 * - `timed-out`: it took too long
 * - `broken`: the connection broke before there was an answer
 * - `aborted`: it was aborted by its signal
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
   * Nothing was sent: the host may not be reached.
   *
   * @internal
   */
  static refused(host: string, refusal: string): OutboundError {
    return new OutboundError('refused', `${host} may not be reached: ${refusal}`);
  }

  constructor(
    readonly failure: OutboundFailure,
    message: string,
    options?: ErrorOptions,
  ) {
    super('HTTP_NO_ANSWER', message, options);
  }
}
