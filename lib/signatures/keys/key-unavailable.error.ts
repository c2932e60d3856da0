import { WebhookError } from '../../errors/webhook.error.js';

/**
 * A key or a secret cannot be had at the moment: nothing can be said about a signature.
 *
 * @publicApi
 */
export class KeyUnavailableError extends WebhookError {
  /** @param message what could not be had; never a secret or a full URL */
  constructor(message: string, options?: ErrorOptions) {
    super('KEY_UNAVAILABLE', message, options);
  }
}
