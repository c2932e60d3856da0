import { WebhookError } from '../../errors/webhook.error.js';

/**
 * A run of a poller took longer than its time-out. What it found before is saved, and what it finds later is ignored.
 *
 * @publicApi
 */
export class PollTimeoutError extends WebhookError {
  constructor(
    readonly poller: string,
    readonly timeoutMs: number,
  ) {
    super(
      'POLL_TIMEOUT',
      `The run took longer than its time-out of ${timeoutMs} ms. Raise \`timeoutMs\` of the poller, or have ` +
        'its method end when its signal is aborted.',
    );
  }
}
