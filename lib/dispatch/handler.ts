import type { EventPattern } from '../event/event-pattern.js';
import type { WebhookEvent } from '../event/webhook-event.js';
import type { PayloadSchema } from '../event/payload-schema.js';
import type { WhenHeadFails } from '../queue/job.js';
import type { HandlerContext } from './handler-context.js';

/**
 * What a function of an event may give as the key of its lane. For `null`, `undefined` and an empty text the event
 * has no lane; `1` and `'1'` are the same lane.
 *
 * @publicApi
 */
export type LaneKey = string | number | bigint | null | undefined;

/**
 * Something that wants events: a decorated method, or a rule.
 *
 * @internal
 */
export interface Handler {
  /** Unique; stored with its jobs. */
  readonly name: string;
  readonly patterns: readonly EventPattern[];
  /** `undefined` for every source. */
  readonly source: string | undefined;
  readonly schema: PayloadSchema | undefined;
  readonly transactional: boolean;
  readonly timeoutMs: number | undefined;
  readonly maxAttempts: number | undefined;
  /** Most of its jobs that run at the same time in a process; `undefined` for those of all handlers together. */
  readonly concurrency?: number | undefined;
  /** The key of the lane in which an event is handled; `undefined` for an event that waits for no other. */
  readonly lane?: ((event: WebhookEvent) => LaneKey) | undefined;
  /** @default 'skip' */
  readonly whenHeadFails?: WhenHeadFails | undefined;
  handle(event: WebhookEvent, context: HandlerContext): Promise<unknown>;
  /** Takes an event that is replayed and may fire nothing. @default handle */
  learn?(event: WebhookEvent, context: HandlerContext): Promise<unknown>;
}
