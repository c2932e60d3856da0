import { WebhookError } from '../errors/webhook.error.js';

/**
 * The application has no poller with this name.
 *
 * @publicApi
 */
export class UnknownPollerError extends WebhookError {
  constructor(
    readonly poller: string,
    known: readonly string[],
  ) {
    const names = known.length === 0 ? 'There is none.' : `There are: ${known.join(', ')}.`;
    super('UNKNOWN_POLLER', `There is no poller '${poller}'. ${names}`);
  }
}
