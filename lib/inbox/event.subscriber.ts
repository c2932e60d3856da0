import type { WebhookEvent } from '../event/webhook-event.js';
import type { PlannedJob } from '../queue/job.js';
import type { PayloadIssue } from '../event/payload-schema.js';

/** What a subscriber wants to be done for an event. */
export type EventPlan =
  | { readonly ok: true; readonly jobs: readonly PlannedJob[] }
  | { readonly ok: false; readonly issues: readonly PayloadIssue[] };

/**
 * The port through which the inbox asks what an event needs, so that it does not know who handles it.
 *
 * @internal
 */
export interface EventSubscriber {
  /** Which jobs the event needs; or why its data cannot be taken. */
  plan(event: WebhookEvent): EventPlan | Promise<EventPlan>;
}
