import { WebhookError } from '../../errors/webhook.error.js';

/**
 * A body or payload is larger than what the MySQL server takes in one statement.
 *
 * @publicApi
 */
export class PacketTooLargeError extends WebhookError {
  constructor(
    /** Size of the statement, in bytes. */
    readonly bytes: number,
    /** The server's `max_allowed_packet`, in bytes. */
    readonly limitBytes: number,
  ) {
    super(
      'PACKET_TOO_LARGE',
      `A statement of ${bytes} bytes is more than the server's \`max_allowed_packet\` of ${limitBytes} bytes. ` +
        'Raise it on the server, or lower `bodyLimitBytes` of the source.',
    );
  }
}
