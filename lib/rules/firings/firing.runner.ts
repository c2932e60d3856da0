import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AttemptCaller } from '../../dispatch/attempt.caller.js';
import { throughSchema } from '../../dispatch/through-schema.js';
import type { WebhookEvent } from '../../event/webhook-event.js';
import { EventReader, type ReadEvent } from '../../inbox/event.reader.js';
import type { Notification } from '../../notifications/notification.js';
import {
  NotificationService,
  type NotifyResult,
} from '../../notifications/notification.service.js';
import type { JobAttempt, JobPool, JobRunner, PausableNames } from '../../queue/job-runner.js';
import { JobRunnerRegistry } from '../../queue/job-runner.registry.js';
import type { LeasedJob } from '../../queue/job.js';
import { QUEUE_OPTIONS, type ResolvedQueueOptions } from '../../queue/queue.options.js';
import { Unreadable } from '../../queue/unreadable.js';
import { Discard } from '../../retry/discard.js';
import type { RetryLater } from '../../retry/retry-later.js';
import { isVerdict } from '../../retry/verdict.js';
import { ruleNameOf } from '../handler-name.js';
import type { RuleMatch, RuleResult } from '../rule.options.js';
import { RuleRegistry } from '../rule.registry.js';
import { FIRING_JOB } from './firing-job.js';
import { FiringStore } from './firing.store.js';
import type { RuleFiringEntity } from './rule-firing.entity.js';

/** A firing, with the event that made the condition true. */
export interface FiringPayload extends ReadEvent {
  readonly firing: RuleFiringEntity;
}

/**
 * Runs a rule's method for a firing, and sends what it returns. What the method writes, the notifications and
 * the job's completion commit together. A failed attempt is retried by itself: whatever is judged meanwhile,
 * the firing stays.
 *
 * @internal
 */
@Injectable()
export class FiringRunner implements JobRunner<FiringPayload>, OnModuleInit {
  readonly kind = FIRING_JOB;

  constructor(
    private readonly runners: JobRunnerRegistry,
    private readonly rules: RuleRegistry,
    private readonly firings: FiringStore,
    private readonly events: EventReader,
    private readonly caller: AttemptCaller,
    private readonly notifications: NotificationService,
    @Inject(QUEUE_OPTIONS.token) private readonly options: ResolvedQueueOptions,
  ) {}

  onModuleInit(): void {
    this.runners.register(this);
  }

  canRunAny(): boolean {
    return !this.rules.isEmpty;
  }

  async load(refs: readonly string[]): Promise<ReadonlyMap<string, FiringPayload | Unreadable>> {
    const firings = await this.firings.load(refs);
    const events = await this.events.load([...new Set(firings.map(({ eventKey }) => eventKey))]);
    const payloads = new Map<string, FiringPayload | Unreadable>();
    for (const firing of firings) {
      const read = events.get(firing.eventKey);
      if (read === undefined) continue;
      const { event, problem } = read;
      const payload =
        event === undefined ? new Unreadable(problem) : { firing, event, problem: read.problem };
      payloads.set(firing.id, payload);
    }
    return payloads;
  }

  pool(): JobPool {
    return { name: 'firings' };
  }

  pausable({ name }: LeasedJob, payload: FiringPayload | undefined): PausableNames {
    const rule = ruleNameOf(name);
    return payload === undefined ? { rule } : { rule, source: payload.event.source };
  }

  timeoutMs(): number {
    return this.options.timeoutMs;
  }

  label({ name }: LeasedJob, { firing: { id }, event }: FiringPayload): string {
    return `Firing ${id} of ${name} for event '${event.id}' (${event.type}) from '${event.source}'`;
  }

  interrupted(_: LeasedJob, reason: Error): Error {
    return this.caller.interrupted(true, reason);
  }

  async run(attempt: JobAttempt<FiringPayload>): Promise<unknown> {
    const { job, payload } = attempt;
    const rule = this.rules.find(ruleNameOf(job.name));
    if (rule === undefined) return this.caller.leftToOthers(job, `handler named ${job.name}`);
    const { name, schema } = rule.options;
    const event = await throughSchema(`rule ${name}`, schema, payload);
    if (event instanceof Discard) return event;
    const { firing } = payload;
    return this.caller.inTransaction(attempt, async (context) => {
      const result = (await rule.fire(matchOf(firing, event), context)) as RuleResult;
      if (!isVerdict(result)) await this.send(context.manager, firing, result);
      return result;
    });
  }

  /**
   * Keyed by rule and event, of which there is one firing: neither a retry, nor a replay of an event that fired
   * under an older version, sends twice.
   */
  private async send(
    manager: EntityManager,
    { id, rule, eventKey }: RuleFiringEntity,
    result: Exclude<RuleResult, RetryLater | Discard>,
  ): Promise<void> {
    const notifications: readonly Notification[] = [result ?? []].flat();
    const results: NotifyResult[] = [];
    for (const [index, notification] of notifications.entries()) {
      const key = notification.key ?? `rule:${rule}:${eventKey}:${index}`;
      results.push(await this.notifications.notify(notification, { manager, key }));
    }
    if (results.length > 0) await this.firings.markNotified(manager, id, results);
  }
}

function matchOf(
  { id, subject, fireCount, firedAt }: RuleFiringEntity,
  event: WebhookEvent,
): RuleMatch {
  return { event, subject, fireCount, firedAt: new Date(firedAt), firingId: id };
}
