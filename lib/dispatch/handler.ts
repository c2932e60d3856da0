import type { EventPattern } from '../event/event-pattern.js';
import type { WebhookEvent } from '../event/webhook-event.js';
import type { PayloadSchema } from '../event/payload-schema.js';
import type { HandlerContext } from './handler-context.js';

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
  handle(event: WebhookEvent, context: HandlerContext): Promise<unknown>;
}
