import type { JobState } from '../../queue/job.js';
import { notifiedOf } from './firing.store.js';
import type { RuleFiringEntity } from './rule-firing.entity.js';

/**
 * A notification that a firing has had sent.
 *
 * @publicApi
 */
export interface FiredNotification {
  /** Id of the notification, which `NotificationService.get` takes. */
  readonly id: string;
  /** `undefined` once the notification is deleted. */
  readonly channel: string | undefined;
  /** When the other side took it; `null` until then, and once it is deleted. */
  readonly sentAt: Date | null;
  /** Whether there was one with its channel and key before, so that the firing sent nothing. */
  readonly isDuplicate: boolean;
}

/**
 * A firing of a rule, with what became of it.
 *
 * @publicApi
 */
export interface RuleFiringView {
  readonly id: string;
  readonly rule: string;
  /** Whom of the source's customers the subject belongs to; empty for a source without tenants. */
  readonly tenant: string;
  readonly subject: string;
  /** Key of the event that made the condition true; `InboxService.get` takes it. */
  readonly event: string;
  /** How often the rule had fired for the subject by then, this time included. */
  readonly fireCount: number;
  readonly firedAt: Date;
  /** Id of the job that runs the rule's method; `undefined` once it is deleted. */
  readonly jobId: string | undefined;
  /** State of that job: `completed` once the rule's method has succeeded. */
  readonly state: JobState | undefined;
  /** Why the last attempt failed. */
  readonly lastError: string | null;
  /** What the rule's method has returned to be sent; empty until it has succeeded. */
  readonly notifications: readonly FiredNotification[];
}

/** What is known of the job of a firing. */
export interface FiringJob {
  readonly id: string;
  readonly ref: string;
  readonly state: JobState;
  readonly lastError: string | null;
}

/** What is known of a notification. */
export interface NotificationFacts {
  readonly channel: string;
  readonly sentAt: number | null;
}

/** @internal */
export function toRuleFiringView(
  row: RuleFiringEntity,
  job: FiringJob | undefined,
  notifications: ReadonlyMap<string, NotificationFacts>,
): RuleFiringView {
  return {
    id: row.id,
    rule: row.rule,
    tenant: row.tenant,
    subject: row.subject,
    event: row.eventKey,
    fireCount: row.fireCount,
    firedAt: new Date(row.firedAt),
    jobId: job?.id,
    state: job?.state,
    lastError: job?.lastError ?? null,
    notifications: notifiedOf(row).map(({ id, duplicate = false }) => {
      const { channel, sentAt = null } = notifications.get(id) ?? {};
      return {
        id,
        channel,
        sentAt: sentAt === null ? null : new Date(sentAt),
        isDuplicate: duplicate,
      };
    }),
  };
}
