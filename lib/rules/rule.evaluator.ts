import type { RuleState } from './rule-state.js';

/**
 * When a rule that has fired for a subject can fire for it again: `'when-false'`, after its
 * condition has been false meanwhile; `'never'`; or after a cool-down, whether the condition turned
 * false or not.
 *
 * @publicApi
 */
export type Rearm = 'when-false' | 'never' | { readonly afterMs: number };

/** What one event says about a subject. */
export interface Observation {
  /** Whether the condition is true. */
  readonly matches: boolean;
  /** When the event occurred, in milliseconds since the epoch. */
  readonly occurredAt: number;
  /** The present instant. */
  readonly now: number;
}

/**
 * Decides whether a rule fires. Events are judged in the order in which they occurred, not arrived:
 * one that is older than the newest seen changes nothing, so it neither fires nor un-fires a rule.
 *
 * @param state what is remembered; `undefined` for a subject seen for the first time
 * @returns the state to remember, and whether the rule fires; `undefined` for an event that came late
 * @internal
 */
export function evaluateRule(
  state: RuleState | undefined,
  { matches, occurredAt, now }: Observation,
  rearm: Rearm,
): { readonly fires: boolean; readonly state: RuleState } | undefined {
  if (state !== undefined && occurredAt < state.occurredAt) return undefined;
  const fires = matches && isArmed(state, rearm, now);
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

function isArmed(state: RuleState | undefined, rearm: Rearm, now: number): boolean {
  if (state === undefined || state.firedAt === null) return true;
  if (rearm === 'never') return false;
  if (rearm === 'when-false') return !state.active;
  return now - state.firedAt >= rearm.afterMs;
}
