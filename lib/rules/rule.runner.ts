import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { isStorableText } from '../database/storable-text.js';
import type { HandlerContext } from '../dispatch/handler-context.js';
import type { WebhookEvent } from '../event/webhook-event.js';
import type { Notification } from '../notifications/notification.js';
import { NotificationService } from '../notifications/notification.service.js';
import type { Discard } from '../retry/discard.js';
import type { RetryLater } from '../retry/retry-later.js';
import { isVerdict } from '../retry/verdict.js';
import { evaluateRule } from './rule.evaluator.js';
import type { DefinedRule } from './rule.js';
import type { RuleMatch, RuleResult } from './rule.options.js';
import { RuleStateStore } from './rule-state.store.js';

const MAX_SUBJECT_LENGTH = 255;

/** All others would make one subject of many, such as `[object Object]`. */
const SUBJECT_TYPES: ReadonlySet<string> = new Set(['string', 'number', 'bigint']);

/**
 * Judges one event by one rule. State, firing and the notifications' jobs are written in the
 * transaction that also completes the job of judging, so that a crash leaves all of them or none.
 *
 * @internal
 */
@Injectable()
export class RuleRunner {
  constructor(
    private readonly states: RuleStateStore,
    private readonly notifications: NotificationService,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
  ) {}

  async run(rule: DefinedRule, event: WebhookEvent, context: HandlerContext): Promise<unknown> {
    const { manager } = context;
    if (manager === undefined) throw new TypeError('A rule needs the transaction of its job.');
    const { name, when, rearm = 'when-false' } = rule.options;
    const subject = subjectOf(rule, event);
    if (subject === undefined) return undefined;

    const state = await this.states.hold(manager, name, subject);
    const decision = evaluateRule(
      state,
      {
        matches: isTrue(rule, when(event)),
        occurredAt: event.occurredAt.getTime(),
        now: this.clock.now(),
      },
      rearm,
    );
    if (decision === undefined) return undefined;
    await this.states.save(manager, name, subject, decision.state);
    if (!decision.fires) return undefined;
    const match: RuleMatch = { event, subject, fireCount: decision.state.fireCount };
    const result = (await rule.fire(match, context)) as RuleResult;
    // The firing is rolled back: the next attempt judges the event again.
    if (isVerdict(result)) return result;
    await this.send(manager, name, match, result);
    return result;
  }

  /** Keyed by rule and event: a rule fires at most once for an event, even if that is replayed. */
  private async send(
    manager: EntityManager,
    rule: string,
    { event }: RuleMatch,
    result: Exclude<RuleResult, RetryLater | Discard>,
  ): Promise<void> {
    const notifications: readonly Notification[] = [result ?? []].flat();
    for (const [index, notification] of notifications.entries()) {
      const key = notification.key ?? `rule:${rule}:${event.key}:${index}`;
      await this.notifications.notify(notification, { manager, key });
    }
  }
}

function subjectOf({ options }: DefinedRule, event: WebhookEvent): string | undefined {
  const subject = options.subject(event);
  if (subject === undefined || subject === null || subject === '') return undefined;
  if (!SUBJECT_TYPES.has(typeof subject)) {
    throw new TypeError(
      `rule '${options.name}': \`subject\` gave ${kindOf(subject)}; it must be synchronous and give a string, a number or a bigint`,
    );
  }
  const text = String(subject);
  if (text.length > MAX_SUBJECT_LENGTH) {
    throw new RangeError(
      `the subject has ${text.length} characters, at most ${MAX_SUBJECT_LENGTH} can be stored`,
    );
  }
  if (!isStorableText(text)) {
    throw new TypeError(
      `rule '${options.name}': \`subject\` gave a text with U+0000 or half a surrogate pair, which cannot be stored`,
    );
  }
  return text;
}

/** What a condition over untyped data gives may be any value: it holds as in JavaScript's `if`. */
function isTrue({ options }: DefinedRule, condition: unknown): boolean {
  if (kindOf(condition) !== 'a promise') return Boolean(condition);
  throw new TypeError(`rule '${options.name}': \`when\` gave a promise; it must be synchronous`);
}

function kindOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`;
  const isPromise = 'then' in value && typeof value.then === 'function';
  return isPromise ? 'a promise' : 'an object';
}
