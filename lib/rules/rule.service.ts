import { Injectable } from '@nestjs/common';
import { SqlDatabase } from '../database/sql-database.js';
import type { Rearm } from './rule.evaluator.js';
import { RuleRegistry } from './rule.registry.js';
import { RuleStateEntity } from './rule-state.entity.js';

/**
 * A rule of this application.
 *
 * @publicApi
 */
export interface RuleDescription {
  readonly name: string;
  readonly on: readonly string[];
  /** `undefined` for every source. */
  readonly source: string | undefined;
  readonly rearm: Rearm;
}

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
  /** Most states to return. @default 100 */
  readonly limit?: number;
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

  /** The rules of this application. */
  list(): RuleDescription[] {
    return this.registry.all().map(({ options: { name, on, source, rearm = 'when-false' } }) => ({
      name,
      on: [on].flat(),
      source,
      rearm,
    }));
  }

  /** What is remembered of rules and subjects. */
  states({ limit = 100, ...where }: RuleStateFilter = {}): Promise<RuleStateEntity[]> {
    return this.database.read((manager) =>
      manager.find(RuleStateEntity, {
        where,
        order: { rule: 'ASC', subject: 'ASC' },
        take: limit,
      }),
    );
  }

  /**
   * Forgets a subject, as if the rule had never seen it: it fires at the next event that meets its
   * condition.
   *
   * @returns false where nothing was remembered
   */
  async reset(rule: string, subject: string | number | bigint): Promise<boolean> {
    const { affected } = await this.database.managed((manager) =>
      manager.delete(RuleStateEntity, { rule, subject: String(subject) }),
    );
    return affected !== undefined && affected !== null && affected > 0;
  }
}
