/** What is remembered of a rule and one of its subjects. */
export interface RuleState {
  /** Whether the condition was true when last looked at. */
  readonly active: boolean;
  /** When the newest event that was looked at occurred, in milliseconds since the epoch. */
  readonly occurredAt: number;
  /** When the rule last fired for the subject; `null` when it never has. */
  readonly firedAt: number | null;
  /** How often it has fired for the subject. */
  readonly fireCount: number;
}

/** Before every instant of a `Date`: no event can have occurred then. */
export const BEFORE_EVERY_EVENT = Number.MIN_SAFE_INTEGER;

/** The row of a subject before its first event, and after a reset that must leave a row. */
export const UNSEEN: RuleState = {
  active: false,
  occurredAt: BEFORE_EVERY_EVENT,
  firedAt: null,
  fireCount: 0,
};

/** Whether a row stands for a subject that the rule has not seen. */
export function isUnseen({ occurredAt }: Pick<RuleState, 'occurredAt'>): boolean {
  return occurredAt === BEFORE_EVERY_EVENT;
}

/** Whether two states are the same. */
export function isSameState(a: RuleState, b: RuleState): boolean {
  return (
    a.active === b.active &&
    a.occurredAt === b.occurredAt &&
    a.firedAt === b.firedAt &&
    a.fireCount === b.fireCount
  );
}
