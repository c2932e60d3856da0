import { Injectable } from '@nestjs/common';
import { canMatch } from '../database/paging/can-match.js';
import { emptyPage } from '../database/paging/empty-page.js';
import { pageOfNamed } from '../database/paging/page-of-named.js';
import type { Page, PageOptions } from '../database/paging/page.js';
import { readOne } from '../database/paging/read-one.js';
import { SqlDatabase } from '../database/sql-database.js';
import { RuleRegistry } from './rule.registry.js';
import { RuleStateEntity } from './rule-state.entity.js';
import { readRuleStates, RULE_STATES, type RuleStateFilter } from './rule-state.list.js';
import type { RuleStateView } from './rule-state.view.js';
import { toRuleView, type RuleView } from './rule.view.js';

/**
 * Which rules to list.
 *
 * @publicApi
 */
export interface RuleFilter {
  /** Only rules over events of this source, and of every source. */
  readonly source?: string;
}

/**
 * Looks at rules and their subjects' states.
 *
 * @example
 * ```ts
 * await rules.reset('reached-100-points', '123'); // the next event with 100 points fires again
 * ```
 * @publicApi
 */
@Injectable()
export class RuleService {
  constructor(
    private readonly registry: RuleRegistry,
    private readonly database: SqlDatabase,
  ) {}

  /**
   * Lists the rules of this application by name.
   *
   * @param filter which rules. @default all
   * @param page which page of them. @default the first 100
   * @throws {RangeError} for a wrong limit, and for an `after` that does not belong to this list
   */
  async list({ source }: RuleFilter = {}, page: PageOptions = {}): Promise<Page<RuleView>> {
    const rules = this.registry
      .all()
      .map(toRuleView)
      .filter((rule) => source === undefined || (rule.source ?? source) === source);
    return pageOfNamed(rules, page);
  }

  /** The rule of this application with this name, or `undefined`. */
  async get(name: string): Promise<RuleView | undefined> {
    const rule = this.registry.all().find(({ options }) => options.name === name);
    return rule && toRuleView(rule);
  }

  /**
   * Lists what is remembered of rules and subjects, by the names of the rules and by subject; of rules that
   * no longer exist too.
   *
   * @param filter which states. @default all
   * @param page which page of them. @default the first 100
   * @throws {RangeError} for a wrong limit, and for an `after` that does not belong to this list
   */
  async states(filter: RuleStateFilter = {}, page: PageOptions = {}): Promise<Page<RuleStateView>> {
    if (!canMatch(filter)) return emptyPage(page);
    return this.database.read((manager) => readRuleStates(manager, filter, page));
  }

  /** What is remembered of a rule and one subject, or `undefined`. */
  async state(rule: string, subject: string | number | bigint): Promise<RuleStateView | undefined> {
    const key = { rule, subject: String(subject) };
    if (!canMatch(key)) return undefined;
    return this.database.read((manager) => readOne(manager, RULE_STATES, key));
  }

  /**
   * Forgets a subject, as if the rule had never seen it: it fires at the next event that meets its
   * condition.
   *
   * @returns false where nothing was remembered
   */
  async reset(rule: string, subject: string | number | bigint): Promise<boolean> {
    const key = { rule, subject: String(subject) };
    if (!canMatch(key)) return false;
    const { affected } = await this.database.managed((manager) =>
      manager.delete(RuleStateEntity, key),
    );
    return affected !== undefined && affected !== null && affected > 0;
  }
}
