import type { WebhookEvent } from '../event/webhook-event.js';
import type { PayloadSchema } from '../inbox/payload-schema.js';
import { setHandlerMetadata } from './handler-metadata.accessor.js';

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

/** Decorates a method whose parameters fit. */
type HandlerDecorator<Method extends (...args: never[]) => unknown> = <Decorated extends Method>(
  target: object,
  methodName: string | symbol,
  descriptor: TypedPropertyDescriptor<Decorated>,
) => void;

/** A method that takes the event, or, with `@EventData()`, its data first. */
type MethodTaking<Data> =
  | ((event: WebhookEvent<Data>, context: never) => unknown)
  | ((data: Data, ...rest: never[]) => unknown);

/**
 * Has a method handle events. It may stand on any provider or controller; several handlers of one
 * event are retried each alone. What the method returns or throws decides: a `RetryLater` or
 * `Discard` does what it says, a thrown error fails the attempt, anything else completes the job.
 *
 * Guards, pipes, interceptors and filters apply as on a route; their execution context is of the
 * type `webhook`, with the event and the `HandlerContext` as arguments.
 *
 * @param pattern an exact type (`points.updated`), `points.*` for one more segment, `order.**` for
 *   one or more, `**` for every type; or several of them
 * @param options how it is run
 * @throws {ConfigurationError} at start-up: for a malformed pattern, a source that does not exist,
 *   and two handlers with one name
 *
 * @example
 * ```ts
 * @Injectable()
 * class GamePoints {
 *   @OnWebhook('points.updated', { source: 'game', transactional: true })
 *   async save(event: WebhookEvent<PointsUpdated>, { manager }: TransactionalHandlerContext) {
 *     await manager.update(User, event.data.userId, { points: event.data.points });
 *   }
 * }
 * ```
 * @publicApi
 */
export function OnWebhook<Data>(
  pattern: string | readonly string[],
  options: OnWebhookOptions<Data> & { readonly schema: PayloadSchema<Data> },
): HandlerDecorator<MethodTaking<Data>>;
export function OnWebhook(
  pattern: string | readonly string[],
  options?: OnWebhookOptions,
): HandlerDecorator<(...args: never[]) => unknown>;
export function OnWebhook(
  pattern: string | readonly string[],
  options: OnWebhookOptions = {},
): HandlerDecorator<(...args: never[]) => unknown> {
  return (target, methodName, descriptor) => {
    const patterns = typeof pattern === 'string' ? [pattern] : [...pattern];
    setHandlerMetadata(target, methodName, descriptor.value, { ...options, patterns });
  };
}
