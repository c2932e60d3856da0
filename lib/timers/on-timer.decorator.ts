import type { OnTimerOptions } from './on-timer.options.js';
import { setTimerMetadata } from './timer-metadata.accessor.js';

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
export function OnTimer(name: string, options: OnTimerOptions = {}) {
  return <Method extends (payload: never, context: never) => unknown>(
    target: object,
    methodName: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => setTimerMetadata(target, methodName, descriptor.value, { ...options, name });
}
