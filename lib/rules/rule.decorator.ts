import type { TransactionalHandlerContext } from '../dispatch/handler-context.js';
import { setRuleMetadata } from './rule-metadata.accessor.js';
import type { RuleMatch, RuleOptions, RuleResult } from './rule.options.js';

/** A rule's method; it may leave out what it does not need. */
type RuleMethod<Data> = (
  match: RuleMatch<Data>,
  context: TransactionalHandlerContext,
) => RuleResult | Promise<RuleResult>;

/**
 * Has a method called once when a condition over events turns true for a subject, however many times,
 * by whichever way (webhook or poll) and on however many machines the event arrives. The rule's state and its
 * firing commit together. The method runs in a job of the firing, which is retried by itself; the notifications
 * that it returns are sent, and what it writes by its context's `manager` commits, with the end of that job.
 *
 * @typeParam Data type of the events' `data`; taken from the `schema`, where there is one
 * @param options when it fires, and for whom
 * @throws {ConfigurationError} at start-up: for two rules with one name, and for a malformed pattern
 *
 * @example
 * ```ts
 * @Rule<PointsUpdated>({
 *   name: 'reached-100-points',
 *   on: 'points.updated',
 *   subject: (event) => event.data.userId,
 *   when: (event) => event.data.points >= 100,
 * })
 * congratulate({ event }: RuleMatch<PointsUpdated>) {
 *   return email({ to: event.data.email, subject: 'Congratulations!', text: 'You reached 100 points.' });
 * }
 * ```
 * @publicApi
 */
// The one `any` of the library: options are typed before the method that they decorate, so its
// parameter cannot tell their type. Without it, every rule would have to name its type twice.
// oxlint-disable-next-line typescript/no-explicit-any
export function Rule<Data = any>(options: RuleOptions<Data>) {
  return <Method extends RuleMethod<Data>>(
    target: object,
    methodName: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => setRuleMetadata(target, methodName, descriptor.value, options as RuleOptions);
}
