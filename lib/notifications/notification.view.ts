import { toDate } from '../database/paging/to-date.js';
import type { JobView } from '../queue/job.view.js';
import type { JobState } from '../queue/job.js';
import type { NotificationEntity } from './notification.entity.js';

/**
 * One line of the log: what was sent to whom and when, or why not.
 *
 * @publicApi
 */
export interface NotificationView {
  /** Also the `ref` of its job: `QueueService.retryDiscarded(id)` has a discarded one sent again. */
  readonly id: string;
  readonly channel: string;
  /** To whom, in the channel's words: e-mail addresses, the host of a URL. */
  readonly recipient: string;
  readonly key: string | null;
  /** State of its job; `null` where the job is no longer kept. */
  readonly state: JobState | null;
  readonly createdAt: Date;
  /** When the other side took it; `null` until then. */
  readonly sentAt: Date | null;
  /** What the other side said when it took it. */
  readonly receipt: string | null;
  /** Why the last failed attempt failed. */
  readonly lastError: string | null;
}

/** What of a view is in the notification's own row. */
export const VIEWED_COLUMNS = [
  'id',
  'channel',
  'recipient',
  'key',
  'createdAt',
  'sentAt',
  'receipt',
] as const satisfies readonly (keyof NotificationEntity)[];

/** @internal */
export function toNotificationView(
  row: Pick<NotificationEntity, (typeof VIEWED_COLUMNS)[number]>,
  job: Pick<JobView, 'state' | 'lastError'> | undefined,
): NotificationView {
  return {
    id: row.id,
    channel: row.channel,
    recipient: row.recipient,
    key: row.key,
    state: job?.state ?? null,
    createdAt: new Date(row.createdAt),
    sentAt: toDate(row.sentAt),
    receipt: row.receipt,
    lastError: job?.lastError ?? null,
  };
}
