import type { PayloadSchema } from '../event/payload-schema.js';

/**
 * How a handler is run.
 *
 * @publicApi
 */
export interface OnWebhookOptions<Data = unknown> {
  /** Only events of this source or poller. @default the source of `@WebhookController`, else every source */
  readonly source?: string;
  /**
   * What the payload must look like. An event whose data fails it is answered 422 and not stored
   * (see the source's `onInvalidPayload`); the handler gets the schema's output as `event.data`.
   */
  readonly schema?: PayloadSchema<Data>;
  /**
   * Runs the handler in a transaction, given as `context.manager`, that commits together with the
   * job's completion: exactly once, whatever crashes. @default false
   */
  readonly transactional?: boolean;
  /** How long one attempt may take, in milliseconds. @default the queue's `timeoutMs` */
  readonly timeoutMs?: number;
  /** How often it is tried. @default the queue's `maxAttempts` */
  readonly maxAttempts?: number;
  /**
   * Name under which its jobs are stored. Give one where the class or method may be renamed: jobs
   * that wait under the old name would find no handler. @default `Class.method`
   */
  readonly name?: string;
}
