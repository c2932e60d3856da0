import type { PayloadSchema } from '../event/payload-schema.js';
import type { OnTimerOptions } from './on-timer.options.js';
import { setTimerMetadata } from './timer-metadata.accessor.js';

/** Decorates a method whose parameters fit. */
type TimerDecorator<Method extends (...args: never[]) => unknown> = <Decorated extends Method>(
  target: object,
  methodName: string | symbol,
  descriptor: TypedPropertyDescriptor<Decorated>,
) => void;

/**
 * Has a method run when a timer with this name is due. It gets the timer's payload and a `TimerContext`. It may
 * stand on any provider or controller. What it returns or throws decides: a `RetryLater` or `Discard` does what it
 * says, a thrown error fails the attempt, anything else completes the job. Guards, interceptors and filters apply
 * as on handlers, with the payload and the context as arguments.
 *
 * @param name of the timers, 1 to 200 characters. Change it only when none waits: timers are stored under it
 * @param options how it is run
 * @throws {ConfigurationError} at start-up: for a name that is empty or too long, and two methods with one name
 *
 * @example
 * ```ts
 * @Injectable()
 * class Reminders {
 *   @OnTimer('reminder')
 *   async remind({ email }: Reminder, { key }: TimerContext): Promise<void> {
 *     await this.mails.send(email, `Order ${key} is not paid yet.`);
 *   }
 * }
 * ```
 * @publicApi
 */
export function OnTimer<Payload>(
  name: string,
  options: OnTimerOptions<Payload> & { readonly schema: PayloadSchema<Payload> },
): TimerDecorator<(payload: Payload, context: never) => unknown>;
export function OnTimer(
  name: string,
  options?: OnTimerOptions,
): TimerDecorator<(payload: never, context: never) => unknown>;
export function OnTimer(
  name: string,
  options: OnTimerOptions = {},
): TimerDecorator<(payload: never, context: never) => unknown> {
  return (target, methodName, descriptor) =>
    setTimerMetadata(target, methodName, descriptor.value, { ...options, name });
}
