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

/**
 * The parts of a key that are given, for a notification to have.
 *
 * @internal
 */
export function withKey({
  key,
  keepKeyFor,
}: {
  readonly [Part in keyof NotificationKey]: NotificationKey[Part] | undefined;
}): NotificationKey {
  return {
    ...(key === undefined ? undefined : { key }),
    ...(keepKeyFor === undefined ? undefined : { keepKeyFor }),
  };
}
