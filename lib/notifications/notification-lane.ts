import type { JobLane, WhenHeadFails } from '../queue/job.js';
import { namedLane } from '../queue/named-lane.js';
import { InvalidNotificationError } from './invalid-notification.error.js';

/**
 * Which notifications are sent one after the other.
 *
 * @publicApi
 */
export interface NotificationLane {
  /**
   * Notifications of one channel and lane are sent one at a time, in the order in which they were asked for, also
   * while one of them is retried. It is stored in clear.
   * @default none: it waits for no other
   */
  readonly lane?: string | number | bigint;
  /**
   * What a discarded notification does: `'skip'` lets the next one of its lane be sent, `'hold'` keeps them waiting
   * until it is retried by hand, or cancelled.
   * @default 'skip'
   */
  readonly whenHeadFails?: WhenHeadFails;
}

/**
 * The lane of a notification's job.
 *
 * @throws {InvalidNotificationError} for a lane of another type, and for another `whenHeadFails`
 * @internal
 */
export function laneOf(
  channel: string,
  { lane, whenHeadFails }: NotificationLane,
): JobLane | undefined {
  if (whenHeadFails !== undefined && whenHeadFails !== 'skip' && whenHeadFails !== 'hold') {
    throw new InvalidNotificationError('whenHeadFails', "'skip' or 'hold'", whenHeadFails);
  }
  if (lane === undefined || lane === null || lane === '') return undefined;
  if (!['string', 'number', 'bigint'].includes(typeof lane)) {
    throw new InvalidNotificationError('lane', 'text or a number', lane);
  }
  return namedLane(['notification', channel, String(lane)], whenHeadFails);
}
