import type { Notification } from './notification.js';
import type { NotificationKey } from './notification-key.js';
import type { NotificationLane } from './notification-lane.js';

/** What is said of every notification, whatever its channel. */
type Settings = NotificationKey & NotificationLane;

/**
 * Takes apart what a channel sends and what is said of every notification.
 *
 * @internal
 */
export function apart<Message extends object>({
  key,
  keepKeyFor,
  lane,
  whenHeadFails,
  ...payload
}: Message & Settings): Omit<Notification<Message>, 'channel'> {
  return {
    payload: payload as Message,
    ...(key === undefined ? undefined : { key }),
    ...(keepKeyFor === undefined ? undefined : { keepKeyFor }),
    ...(lane === undefined ? undefined : { lane }),
    ...(whenHeadFails === undefined ? undefined : { whenHeadFails }),
  };
}
