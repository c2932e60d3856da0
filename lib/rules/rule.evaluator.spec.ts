import type { RuleState } from './rule-state.js';
import { evaluateRule, type FirstSight, type Rearm } from './rule.evaluator.js';

const MANNER = { rearm: 'when-false', first: 'fire' } as const;

/** Feeds observations in their order, and tells at which of them the rule fired. */
function play(
  rearm: Rearm,
  ...steps: [occurredAt: number, matches: boolean, now?: number][]
): boolean[] {
  return playFirst('fire', rearm, ...steps);
}

function playFirst(
  first: FirstSight,
  rearm: Rearm,
  ...steps: [occurredAt: number, matches: boolean, now?: number][]
): boolean[] {
  let state: RuleState | undefined;
  return steps.map(([occurredAt, matches, now = occurredAt]) => {
    const decision = evaluateRule(state, { occurredAt, matches, now }, { rearm, first });
    state = decision?.state ?? state;
    return decision?.fires ?? false;
  });
}

describe(evaluateRule.name, () => {
  it('fires when the condition turns true, once', () => {
    expect(play('when-false', [1, false], [2, true], [3, true], [4, true])).toEqual([
      false,
      true,
      false,
      false,
    ]);
  });

  it('fires at once for a subject that is seen for the first time', () => {
    expect(play('when-false', [1, true])).toEqual([true]);
  });

  it('fires again after the condition has turned false', () => {
    expect(play('when-false', [1, true], [2, false], [3, true])).toEqual([true, false, true]);
  });

  it("never fires again with 'never'", () => {
    expect(play('never', [1, true], [2, false], [3, true])).toEqual([true, false, false]);
  });

  it('fires again after its cool-down, whether the condition turned false or not', () => {
    expect(
      play({ afterMs: 10 }, [1, true], [5, false], [6, true], [11, true], [12, true], [21, true]),
    ).toEqual([true, false, false, true, false, true]);
  });

  it('is not un-fired by an old event that arrives late', () => {
    expect(play('when-false', [1, false], [5, true], [3, false], [6, true])).toEqual([
      false,
      true,
      false,
      false,
    ]);
  });

  it('does not fire for an old event that arrives late', () => {
    expect(play('when-false', [5, false], [3, true])).toEqual([false, false]);
  });

  it('judges events of the same instant in the order of their arrival', () => {
    expect(play('when-false', [5, false], [5, true], [5, false], [5, true])).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });

  it('counts its firings', () => {
    const first = evaluateRule(undefined, { occurredAt: 1, matches: true, now: 7 }, MANNER);
    expect(first?.state).toEqual({ active: true, occurredAt: 1, firedAt: 7, fireCount: 1 });
  });

  it.each<[Rearm]>([['when-false'], ['never'], [{ afterMs: 1 }]])(
    "REQ-94 with 'observe' learns at first sight, and fires once the condition has turned: %j",
    (rearm) => {
      const told = playFirst('observe', rearm, [10, true], [20, true], [30, false], [40, true]);
      expect(told).toEqual([false, false, false, true]);
      expect(playFirst('observe', rearm, [10, false], [20, true])).toEqual([false, true]);
    },
  );

  it('REQ-94 learns from a quiet event as from any other, and fires nothing', () => {
    const quiet = { occurredAt: 1, matches: true, now: 7, isQuiet: true };
    expect(evaluateRule(undefined, quiet, MANNER)).toEqual({
      fires: false,
      state: { active: true, occurredAt: 1, firedAt: null, fireCount: 0 },
    });
    const fired = { active: false, occurredAt: 1, firedAt: 3, fireCount: 2 };
    expect(evaluateRule(fired, quiet, MANNER)).toEqual({
      fires: false,
      state: { ...fired, active: true },
    });
  });
});
