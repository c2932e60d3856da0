import type { Duration } from '../clock/duration.js';

/**
 * The key of a notification, and how long it keeps its promise.
 *
 * @publicApi
 */
export interface NotificationKey {
  /**
   * Sent once per channel, recipient and key, however often it is asked for. Always sent, when left out.
   */
  readonly key?: string;
  /**
   * For how long the key keeps that promise: a text such as `'90d'`, or milliseconds; `Infinity` for ever.
   * @default `notifications.keepKeyFor`
   */
  readonly keepKeyFor?: Duration;
}
