import { WebhookError } from '../errors/webhook.error.js';

/**
 * A command that cannot be run as it was given.
 *
 * @internal
 */
export class UsageError extends WebhookError {
  constructor(message: string, options?: ErrorOptions) {
    super('USAGE', message, options);
  }
}
