import type { WebhookEvent } from '../event/webhook-event.js';
import type { PayloadSchema } from '../event/payload-schema.js';
import { setHandlerMetadata } from './handler-metadata.accessor.js';
import type { OnWebhookOptions } from './on-webhook.options.js';

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
 * event are each retried on their own. What the method returns or throws decides: a `RetryLater` or
 * `Discard` does what it says, a thrown error fails the attempt, anything else completes the job.
 *
 * Pipes, interceptors and filters apply as on a route, and so do the guards of the method and its class,
 * but global guards only where the option `handlers.globalGuards` says so. Their execution context is of
 * the type `webhook`, with the event and the `HandlerContext` as arguments. What interceptors make of the
 * result changes nothing about the job, unless it is a `RetryLater` or `Discard`.
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
export function OnWebhook<Data = unknown>(
  pattern: string | readonly string[],
  options?: OnWebhookOptions<Data>,
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
