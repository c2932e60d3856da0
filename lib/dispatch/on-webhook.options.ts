import type { PayloadSchema } from '../event/payload-schema.js';
import type { WebhookEvent } from '../event/webhook-event.js';
import type { WhenHeadFails } from '../queue/job.js';
import type { LaneKey } from './handler.js';

/** How a handler is run, besides its lanes. */
interface HandlerOptions<Data> {
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
   * How many of its jobs run at the same time in a process, beside those of other handlers: it then has a pool of
   * its own, named `handler:` and its name. @default those of all handlers share the queue's `concurrency`
   */
  readonly concurrency?: number;
  /**
   * Name under which its jobs are stored. Give one where the class or method may be renamed: jobs
   * that wait under the old name would find no handler. @default `Class.method`
   */
  readonly name?: string;
}

/** In which order a handler gets its events. */
type LaneOptions<Data> =
  | {
      /**
       * The key of the event's lane, such as the id of its order. Events of one lane are handled one at a time, in
       * the order in which they arrived, over retries, crashes and processes; events of other lanes do not wait.
       * The function must be synchronous. For `undefined`, `null` and an empty text the event has no lane.
       */
      readonly lane: (event: WebhookEvent<Data>) => LaneKey;
      /**
       * Which lanes wait for a discarded event, whose attempts are used up: with `'hold'`, all later events of its
       * lane wait until somebody retries or cancels its job; with `'skip'`, the next one is handled. While an event
       * waits for its retry, its lane waits in both cases. @default 'skip'
       */
      readonly whenHeadFails?: WhenHeadFails;
    }
  | { readonly lane?: undefined; readonly whenHeadFails?: undefined };

/**
 * How a handler is run.
 *
 * @publicApi
 */
export type OnWebhookOptions<Data = unknown> = HandlerOptions<Data> & LaneOptions<Data>;
