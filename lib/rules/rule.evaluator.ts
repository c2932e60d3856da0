import type { RuleState } from './rule-state.js';

/**
 * When a rule that has fired for a subject can fire for it again: `'when-false'`, after its
 * condition has been false meanwhile; `'never'`; or after a cool-down, whether the condition turned
 * false or not.
 *
 * @publicApi
 */
export type Rearm = 'when-false' | 'never' | { readonly afterMs: number };

/**
 * What the first event of a subject does when it meets the condition: `'fire'`; or `'observe'`, which only
 * learns, so that the rule fires when the condition has been false and turns true again.
 *
 * @publicApi
 */
export type FirstSight = 'fire' | 'observe';

/** What one event says about a subject. */
export interface Observation {
  /** Whether the condition is true. */
  readonly matches: boolean;
  /** When the event occurred, in milliseconds since the epoch. */
  readonly occurredAt: number;
  /** The present instant. */
  readonly now: number;
  /** Whether the event may only teach, such as one that fired the rule before. @default false */
  readonly isQuiet?: boolean;
}

/** How a rule treats its subjects. */
export interface RuleManner {
  readonly rearm: Rearm;
  readonly first: FirstSight;
}

/** The state to remember, and whether the rule fires. */
export interface RuleDecision {
  readonly fires: boolean;
  readonly state: RuleState;
}

/**
 * Decides whether a rule fires. Events are judged in the order in which they occurred, not arrived:
 * one that is older than the newest seen changes nothing, so it neither fires nor un-fires a rule.
 *
 * @param state what is remembered; `undefined` for a subject seen for the first time
 * @returns `undefined` for an event that came late
 * @internal
 */
export function evaluateRule(
  state: RuleState | undefined,
  { matches, occurredAt, now, isQuiet = false }: Observation,
  manner: RuleManner,
): RuleDecision | undefined {
  if (state !== undefined && occurredAt < state.occurredAt) return undefined;
  const fires = matches && !isQuiet && isArmed(state, manner, now);
  return {
    fires,
    state: {
      active: matches,
      occurredAt,
      firedAt: fires ? now : (state?.firedAt ?? null),
      fireCount: (state?.fireCount ?? 0) + (fires ? 1 : 0),
    },
  };
}

function isArmed(state: RuleState | undefined, { rearm, first }: RuleManner, now: number): boolean {
  if (state === undefined) return first === 'fire';
  // The condition was true when the subject was learned: it must turn false before it can turn true.
  if (state.firedAt === null) return !state.active;
  if (rearm === 'never') return false;
  if (rearm === 'when-false') return !state.active;
  return now - state.firedAt >= rearm.afterMs;
}
