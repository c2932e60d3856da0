import { WebhookError } from '../errors/webhook.error.js';

/**
 * A poller's method returned a value that is neither an event nor a page.
 *
 * @publicApi
 */
export class PolledEventError extends WebhookError {
  constructor(message: string) {
    super('POLLED_EVENT', message);
  }
}
