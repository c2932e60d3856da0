import { WebhookError } from '../errors/webhook.error.js';

/**
 * A notification names a channel that this application does not have.
 *
 * @publicApi
 */
export class UnknownChannelError extends WebhookError {
  constructor(
    /** The name that no channel has. */
    readonly channel: string,
    /** The channels that there are. */
    readonly known: readonly string[],
  ) {
    super(
      'UNKNOWN_CHANNEL',
      `There is no notification channel '${channel}', only: ${known.join(', ')}. ` +
        'Add its class to `notifications.channels` in WebhookModule.forRoot, or use one of these.',
    );
  }
}
