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
