import { WebhookError } from '../../errors/webhook.error.js';

/**
 * A key or a secret is unavailable at the moment, so a signature can be neither accepted nor refused.
 *
 * @publicApi
 */
export class KeyUnavailableError extends WebhookError {
  /** @param message what is unavailable; never a secret or a full URL */
  constructor(message: string, options?: ErrorOptions) {
    super('KEY_UNAVAILABLE', message, options);
  }
}
