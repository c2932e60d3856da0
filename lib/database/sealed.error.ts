import { WebhookError } from '../errors/webhook.error.js';

/**
 * A stored value is sealed and cannot be opened: `sealWith` does not have its key, or the value was changed.
 * A job that needs the value fails, and is retried like after any other failure.
 *
 * @publicApi
 */
export class SealedError extends WebhookError {
  constructor(problem: string, cure: string, options?: ErrorOptions) {
    super('SEALED', `${problem} ${cure}`, options);
  }
}
