import type { WebhookEvent } from '../event/webhook-event.js';
import type { PlannedJob } from '../queue/job.js';
import type { PayloadIssue } from '../event/payload-schema.js';

/** The jobs that a subscriber wants for an event. */
export type EventPlan =
  | { readonly ok: true; readonly jobs: readonly PlannedJob[] }
  | { readonly ok: false; readonly issues: readonly PayloadIssue[] };

/**
 * The port through which the inbox asks which jobs an event needs, without knowing what handles it.
 *
 * @internal
 */
export interface EventSubscriber {
  /**
   * The jobs that the event needs; or why its data is invalid.
   *
   * @param isQuiet whether the event is replayed, and may fire no rule. @default false
   */
  plan(event: WebhookEvent, isQuiet?: boolean): EventPlan | Promise<EventPlan>;
}
