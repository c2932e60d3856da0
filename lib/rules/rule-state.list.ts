import type { EntityManager } from 'typeorm';
import { equalTo } from '../database/paging/equal-to.js';
import { readPage, type KeysetList } from '../database/paging/keyset.list.js';
import { leadingValues } from '../database/paging/leading-values.js';
import type { Page, PageOptions } from '../database/paging/page.js';
import { RuleStateEntity } from './rule-state.entity.js';
import { toRuleStateView, VIEWED_COLUMNS, type RuleStateView } from './rule-state.view.js';

/**
 * Which states to list.
 *
 * @publicApi
 */
export interface RuleStateFilter {
  readonly rule?: string;
  readonly subject?: string;
  /** Only subjects for whom the condition is true, or false, at the moment. */
  readonly active?: boolean;
}

/** @internal */
export const RULE_STATES: KeysetList<RuleStateEntity, RuleStateView> = {
  entity: RuleStateEntity,
  columns: VIEWED_COLUMNS,
  order: {
    name: 'subjects',
    columns: [
      { column: 'rule', kind: 'string' },
      { column: 'subject', kind: 'string' },
    ],
    direction: 'ASC',
  },
  toView: toRuleStateView,
};

/**
 * Reads a page of states along the primary key, which begins with the rule.
 *
 * @throws {RangeError} for a wrong limit, and for a cursor that does not belong to this list
 * @internal
 */
export async function readRuleStates(
  manager: EntityManager,
  { rule, subject, active }: RuleStateFilter,
  page: PageOptions,
): Promise<Page<RuleStateView>> {
  const filter = equalTo<RuleStateEntity>({ active });
  if (subject === undefined) {
    const within = equalTo<RuleStateEntity>({ rule });
    return readPage(manager, { ...RULE_STATES, within, filter }, page);
  }
  const rules = rule === undefined ? await leadingValues(manager, RuleStateEntity, 'rule') : [rule];
  const list: typeof RULE_STATES = {
    ...RULE_STATES,
    within: (query) => {
      if (rules.length === 0) query.andWhere('1 = 0');
      else query.andWhere('row.rule IN (:...rules) AND row.subject = :subject', { rules, subject });
      filter?.(query);
    },
  };
  return readPage(manager, list, page);
}
