import { Injectable } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { canMatch } from '../database/paging/can-match.js';
import { emptyPage } from '../database/paging/empty-page.js';
import { pageOfNamed } from '../database/paging/page-of-named.js';
import type { Page, PageOptions } from '../database/paging/page.js';
import { SqlDatabase } from '../database/sql-database.js';
import { describeError } from '../errors/describe-error.js';
import { QueueService } from '../queue/queue.service.js';
import { FIRING_JOB } from './firings/firing-job.js';
import {
  readRuleFiring,
  readRuleFirings,
  type RuleFiringFilter,
} from './firings/rule-firing.list.js';
import type { RuleFiringView } from './firings/rule-firing.view.js';
import { RulePrimer, type PrimedState } from './rule.primer.js';
import { RuleRegistry } from './rule.registry.js';
import { readRuleState, readRuleStates, type RuleStateFilter } from './rule-state.list.js';
import { RuleStateStore } from './rule-state.store.js';
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
 * Whose subject it is.
 *
 * @publicApi
 */
export interface RuleTenant {
  /** Whom of the source's customers the subject belongs to. @default '', as of a source without tenants */
  readonly tenant?: string;
}

/**
 * Looks at rules, their subjects' states and their firings.
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
    private readonly store: RuleStateStore,
    private readonly primer: RulePrimer,
    private readonly queue: QueueService,
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
   * Lists what is remembered of rules and subjects, by the names of the rules, by subject and by tenant; of rules
   * that no longer exist too.
   *
   * @param filter which states. @default all
   * @param page which page of them. @default the first 100
   * @throws {RangeError} for a wrong limit, and for an `after` that does not belong to this list
   */
  async states(filter: RuleStateFilter = {}, page: PageOptions = {}): Promise<Page<RuleStateView>> {
    if (!canMatch(filter)) return emptyPage(page);
    return this.database.read((manager) => readRuleStates(manager, filter, page));
  }

  /**
   * What is remembered of a rule and one subject, or `undefined`. For a tenant without a state of its own, that is
   * the state with the tenant `*` from before states had tenants, if there is one.
   *
   * @param rule name of the rule
   * @param subject whom it is about
   * @param of whose subject it is. @default a source without tenants
   */
  async state(
    rule: string,
    subject: string | number | bigint,
    { tenant = '' }: RuleTenant = {},
  ): Promise<RuleStateView | undefined> {
    const key = { rule, subject: String(subject), tenant };
    if (!canMatch(key)) return undefined;
    return this.database.read((manager) => readRuleState(manager, key));
  }

  /**
   * Forgets a subject, as if the rule had never seen it: it fires at the next event that meets its condition, or
   * learns from it where the rule has `first: 'observe'`.
   *
   * @param rule name of the rule
   * @param subject whom it is about
   * @param of whose subject it is; `{ tenant: '*' }` for the state from before states had tenants. @default a
   * source without tenants
   * @returns false where nothing was remembered
   */
  async reset(
    rule: string,
    subject: string | number | bigint,
    { tenant = '' }: RuleTenant = {},
  ): Promise<boolean> {
    const key = { rule, subject: String(subject), tenant };
    if (!canMatch(key)) return false;
    return this.database.managed((manager) => this.store.forget(manager, key));
  }

  /**
   * Has a rule learn the states of subjects that it has not seen, so that a new rule does not fire for those that
   * meet its condition already. What is remembered of a subject stays; of several states of one subject, the first
   * counts. Batches of 250 are written in a transaction each.
   *
   * @param rule name of a rule of this application
   * @param states which subjects, and whether they meet the condition; may be read from a stream
   * @returns how many subjects the rule has learned
   * @throws {RangeError} for an unknown rule, and a subject or tenant that is too long
   * @throws {TypeError} for any other value that cannot be stored, by its index; the batches before stay written,
   * and a second call goes on
   * @example
   * ```ts
   * const users = await dataSource.getRepository(User).find();
   * await rules.prime(
   *   'reached-100-points',
   *   users.map(({ id, points }) => ({ subject: id, active: points >= 100 })),
   * );
   * ```
   */
  async prime(
    rule: string,
    states: Iterable<PrimedState> | AsyncIterable<PrimedState>,
  ): Promise<number> {
    if (this.registry.find(rule) === undefined) {
      throw new RangeError(
        `Expected the name of a rule of this application, got '${describeError(rule)}'.`,
      );
    }
    return this.primer.prime(rule, states);
  }

  /**
   * Lists firings with what became of them, the newest first. Filtered by the state `available`, `running`,
   * `retryable` or `discarded`, and not by subject or event, they are in the order of {@link QueueService.list}.
   * Firings are deleted like completed work (`retention.completedDays`), and once their jobs are.
   *
   * @param filter which firings. @default all
   * @param page which page of them. @default the first 100
   * @throws {RangeError} for a wrong limit, and for an `after` that does not belong to this filter
   */
  async firings(
    filter: RuleFiringFilter = {},
    page: PageOptions = {},
  ): Promise<Page<RuleFiringView>> {
    const hasEvent = filter.event === undefined || isUuid(filter.event);
    if (!hasEvent || !canMatch(filter)) return emptyPage(page);
    return this.database.read((manager) => readRuleFirings(manager, filter, page));
  }

  /** The firing with this id, or `undefined`. */
  async firing(id: string): Promise<RuleFiringView | undefined> {
    if (!isUuid(id)) return undefined;
    return this.database.read((manager) => readRuleFiring(manager, id));
  }

  /**
   * Runs the rule's method again for a firing whose job was discarded or cancelled, or waits for its retry.
   *
   * @param id of the firing
   * @returns false if the firing does not exist, or its job is in another state
   */
  async retryFiring(id: string): Promise<boolean> {
    if (!isUuid(id)) return false;
    const { items } = await this.queue.list({ ref: id, kind: FIRING_JOB }, { limit: 1 });
    const [job] = items;
    return job !== undefined && this.queue.retry(job.id);
  }
}
