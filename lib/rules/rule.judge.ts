import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import type { HandlerContext } from '../dispatch/handler-context.js';
import type { WebhookEvent } from '../event/webhook-event.js';
import { FiringStore } from './firings/firing.store.js';
import { evaluateRule, type RuleDecision } from './rule.evaluator.js';
import type { RuleOptions } from './rule.options.js';
import { conditionOf, subjectOf } from './rule.subject.js';
import { RuleStateStore, type StateKey } from './rule-state.store.js';
import { isSameState, type RuleState } from './rule-state.js';

/** How often an event is judged again because another judgement has changed the state meanwhile. */
const MAX_TRIES = 10;

/**
 * Judges one event by one rule. State and firing are written in the transaction that also completes the job
 * of judging, so that a crash leaves all of them or none. A process whose lease ran out meanwhile cannot
 * complete the job: its transaction leaves nothing.
 *
 * @internal
 */
@Injectable()
export class RuleJudge {
  constructor(
    private readonly states: RuleStateStore,
    private readonly firings: FiringStore,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param isQuiet whether the event may only teach: it is replayed, and the host has not asked for firings
   * @throws {TypeError | RangeError} for a subject or condition that cannot be judged
   */
  async judge(
    rule: RuleOptions,
    event: WebhookEvent,
    { manager }: HandlerContext,
    isQuiet: boolean,
  ): Promise<void> {
    if (manager === undefined) throw new TypeError('A rule needs the transaction of its job.');
    const subject = subjectOf(rule, event);
    if (subject === undefined) return;
    const key = { rule: rule.name, subject, tenant: event.tenant };
    const observation = {
      matches: conditionOf(rule, event),
      occurredAt: event.occurredAt.getTime(),
      now: this.clock.now(),
      isQuiet,
    };
    const manner = { rearm: rule.rearm ?? 'when-false', first: rule.first ?? 'fire' } as const;
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      const { state, row } = await this.states.read(manager, key);
      let decision = evaluateRule(state, observation, manner);
      if (decision?.fires === true && (await this.firings.has(manager, rule.name, event.key))) {
        // It is replayed: what it has fired before, it does not fire again.
        decision = evaluateRule(state, { ...observation, isQuiet: true }, manner);
      }
      if (decision === undefined) return;
      if (await this.write(manager, key, row, decision, event)) return;
    }
    throw new Error(
      `other judgements of the subject changed its state ${MAX_TRIES} times meanwhile`,
    );
  }

  private async write(
    manager: EntityManager,
    key: StateKey,
    row: RuleState | undefined,
    { state, fires }: RuleDecision,
    event: WebhookEvent,
  ): Promise<boolean> {
    if (row !== undefined && isSameState(row, state)) return true;
    if (!(await this.states.replace(manager, key, row, state))) return false;
    if (fires) await this.firings.add(manager, key, state, event);
    return true;
  }
}
