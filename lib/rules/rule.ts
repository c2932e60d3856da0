import type { Invocation } from '../dispatch/method.invoker.js';
import type { RuleOptions } from './rule.options.js';

/**
 * A rule of the host: its options, and the method that says what to send.
 *
 * @internal
 */
export interface DefinedRule {
  readonly options: RuleOptions;
  readonly fire: Invocation;
}
