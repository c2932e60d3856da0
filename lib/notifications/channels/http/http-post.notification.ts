import { apart } from '../../apart.js';
import type { NotificationKey } from '../../notification-key.js';
import type { NotificationLane } from '../../notification-lane.js';
import type { Notification } from '../../notification.js';

/** Name of the channel that posts to a URL. */
export const HTTP_CHANNEL = 'http';

/**
 * A post of JSON to a URL, such as a chat's incoming webhook.
 *
 * @publicApi
 */
export interface HttpPostMessage {
  /**
   * Where to post, by `http:` or `https:`. The URL of a chat's webhook contains its secret: it is stored with
   * the notification, sealed where the application has a key (`sealWith`), and logs name only its host. Only public
   * addresses are reached, by `https:` on port 443, unless `sending.allow` says otherwise.
   */
  readonly url: string;
  /** The body; anything that JSON can hold. */
  readonly json: unknown;
  /** Further headers; those of content and connection are set by the channel. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A post of JSON to a URL. Redirects are not followed; an answer of 408, 425, 429 or 5xx is retried,
 * not before the time that its `Retry-After` asks for; other answers than 2xx discard it. A 2xx whose body
 * refuses, as of Microsoft Teams and Slack, counts as a refusal (see `judgeAnswer` for others). Each attempt
 * carries the notification's id as `Idempotency-Key`.
 *
 * @param message the post; with `key`, it is sent once to its recipient however often it is asked for,
 *   for the time of `keepKeyFor`; those of one `lane` are sent in the order in which they were asked for
 *
 * @example
 * ```ts
 * httpPost({ url: config.chatUrl, json: { text: 'User 123 has reached 100 points.' } })
 * ```
 * @publicApi
 */
export function httpPost(
  message: HttpPostMessage & NotificationKey & NotificationLane,
): Notification<HttpPostMessage> {
  return { channel: HTTP_CHANNEL, ...apart<HttpPostMessage>(message) };
}
