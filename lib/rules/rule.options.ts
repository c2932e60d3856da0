import type { WebhookEvent } from '../event/webhook-event.js';
import type { PayloadSchema } from '../event/payload-schema.js';
import type { Notification } from '../notifications/notification.js';
import type { Discard } from '../retry/discard.js';
import type { RetryLater } from '../retry/retry-later.js';
import type { FirstSight, Rearm } from './rule.evaluator.js';

/**
 * When a rule fires, and for whom.
 *
 * @publicApi
 */
export interface RuleOptions<Data = unknown> {
  /** Unique; its state is stored under it, so it must stay the same. Up to 200 characters. */
  readonly name: string;
  /** Type of the events that it looks at, or a pattern, or several; see `@OnWebhook`. */
  readonly on: string | readonly string[];
  /** Only events of this source or poller. @default every source */
  readonly source?: string;
  /**
   * What the payload must look like; see `OnWebhookOptions.schema`. The functions below get the
   * schema's output, and their types from it.
   */
  readonly schema?: PayloadSchema<Data>;
  /**
   * Whom an event is about, such as a user's id. Without one (`undefined`, `null`, `''`), the event is ignored.
   * Synchronous, without side effects: it is also called when the event is stored, to find its lane.
   */
  readonly subject: (event: WebhookEvent<Data>) => string | number | bigint | null | undefined;
  /** The condition. The rule fires when it turns true. Synchronous: a promise fails the judgement. */
  readonly when: (event: WebhookEvent<Data>) => boolean;
  /** When it can fire again for the same subject. @default 'when-false' */
  readonly rearm?: Rearm;
  /**
   * What the first event of a subject does if it meets the condition: fire, or only teach, so that a new rule
   * fires for no subject that meets it already. See also `RuleService.prime`. @default 'fire'
   */
  readonly first?: FirstSight;
}

/**
 * A rule that fires: given to the decorated method.
 *
 * @publicApi
 */
export interface RuleMatch<Data = unknown> {
  /** The event that made the condition true. */
  readonly event: WebhookEvent<Data>;
  /** Whom it is about, as text. */
  readonly subject: string;
  /** Id of the firing: the same in every attempt. `RuleService.firing` finds it. */
  readonly firingId: string;
  /** When the rule fired: when the event was judged, however late the method is called. */
  readonly firedAt: Date;
  /** How often the rule has fired for this subject, this time included. */
  readonly fireCount: number;
}

/**
 * What a rule's method may return: what to send; or that it must be called again later, or never, for this
 * firing.
 */
export type RuleResult =
  Notification | readonly Notification[] | RetryLater | Discard | null | undefined | void;
