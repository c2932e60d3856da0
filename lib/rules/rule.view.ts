import type { FirstSight, Rearm } from './rule.evaluator.js';
import type { DefinedRule } from './rule.js';

/**
 * A rule of this application.
 *
 * @publicApi
 */
export interface RuleView {
  readonly name: string;
  readonly on: readonly string[];
  /** `undefined` for every source. */
  readonly source: string | undefined;
  readonly rearm: Rearm;
  readonly first: FirstSight;
}

/** @internal */
export function toRuleView({ options }: DefinedRule): RuleView {
  const { name, on, source, rearm = 'when-false', first = 'fire' } = options;
  return { name, on: [on].flat(), source, rearm, first };
}
