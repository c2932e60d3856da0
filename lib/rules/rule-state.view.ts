import { toDate } from '../database/paging/to-date.js';
import type { RuleStateEntity } from './rule-state.entity.js';

/**
 * What is remembered of a rule and one of its subjects.
 *
 * @publicApi
 */
export interface RuleStateView {
  readonly rule: string;
  readonly subject: string;
  /**
   * Whom of the source's customers the subject belongs to; empty for a source without tenants. `*` is a state
   * from before states had a tenant: it holds for every tenant that has none of its own.
   */
  readonly tenant: string;
  /** Whether the condition was true at the newest event. */
  readonly active: boolean;
  /** When the newest event that was judged occurred. */
  readonly occurredAt: Date;
  /** When the rule last fired for the subject; `null` when it never has. */
  readonly firedAt: Date | null;
  /** How often it has fired for the subject. */
  readonly fireCount: number;
}

/** What a view is made of. */
export const VIEWED_COLUMNS = [
  'rule',
  'subject',
  'tenant',
  'active',
  'occurredAt',
  'firedAt',
  'fireCount',
] as const satisfies readonly (keyof RuleStateEntity)[];

/** @internal */
export function toRuleStateView(row: RuleStateEntity): RuleStateView {
  return {
    rule: row.rule,
    subject: row.subject,
    tenant: row.tenant,
    active: row.active,
    occurredAt: new Date(row.occurredAt),
    firedAt: toDate(row.firedAt),
    fireCount: row.fireCount,
  };
}
