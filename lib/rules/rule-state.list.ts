import type { EntityManager } from 'typeorm';
import { equalTo } from '../database/paging/equal-to.js';
import { readPage, type KeysetList } from '../database/paging/keyset.list.js';
import { leadingValues } from '../database/paging/leading-values.js';
import type { Page, PageOptions } from '../database/paging/page.js';
import { readOne } from '../database/paging/read-one.js';
import { RuleStateEntity } from './rule-state.entity.js';
import { BEFORE_EVERY_EVENT, isUnseen } from './rule-state.js';
import { EVERY_TENANT, type StateKey } from './rule-state.store.js';
import { toRuleStateView, VIEWED_COLUMNS, type RuleStateView } from './rule-state.view.js';

/**
 * Which states to list.
 *
 * @publicApi
 */
export interface RuleStateFilter {
  readonly rule?: string;
  readonly subject?: string;
  /** Only subjects of this tenant; `''` for those of sources without tenants. */
  readonly tenant?: string;
  /** Only subjects for whom the condition is true, or false, at the moment. */
  readonly active?: boolean;
}

/** Rows of subjects that count as unseen among them. */
const ANY_STATES: Pick<
  KeysetList<RuleStateEntity, RuleStateEntity>,
  'entity' | 'columns' | 'toView'
> = { entity: RuleStateEntity, columns: VIEWED_COLUMNS, toView: (row) => row };

const RULE_STATES: KeysetList<RuleStateEntity, RuleStateView> = {
  entity: RuleStateEntity,
  columns: VIEWED_COLUMNS,
  order: {
    name: 'subjects',
    columns: [
      { column: 'rule', kind: 'string' },
      { column: 'subject', kind: 'string' },
      { column: 'tenant', kind: 'string' },
    ],
    direction: 'ASC',
    holds: `row.occurredAt > ${BEFORE_EVERY_EVENT}`,
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
  { rule, subject, tenant, active }: RuleStateFilter,
  page: PageOptions,
): Promise<Page<RuleStateView>> {
  const filter = equalTo<RuleStateEntity>({ tenant, active });
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

/**
 * What is remembered of a subject: its own row, or the one for every tenant.
 *
 * @internal
 */
export async function readRuleState(
  manager: EntityManager,
  { rule, subject, tenant }: StateKey,
): Promise<RuleStateView | undefined> {
  const own = await readOne(manager, ANY_STATES, { rule, subject, tenant });
  if (own !== undefined) return isUnseen(own) ? undefined : toRuleStateView(own);
  return readOne(manager, RULE_STATES, { rule, subject, tenant: EVERY_TENANT });
}
