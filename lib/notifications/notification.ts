import type { NotificationKey } from './notification-key.js';
import type { NotificationLane } from './notification-lane.js';

/**
 * Something to be sent, once, through a channel. Made by a channel's own function, such as `email`
 * or `httpPost`; or written out, for a channel of the host.
 *
 * @publicApi
 */
export interface Notification<Payload = unknown> extends NotificationKey, NotificationLane {
  /** Name of the channel that sends it. */
  readonly channel: string;
  /**
   * What the channel needs to know to send it. It is stored as JSON until then: dates arrive as
   * text, and what JSON cannot hold (functions, streams, bytes) is refused.
   */
  readonly payload: Payload;
}
