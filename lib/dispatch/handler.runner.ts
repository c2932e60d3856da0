import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import type { WebhookEvent } from '../event/webhook-event.js';
import { EventReader } from '../inbox/event.reader.js';
import { Discard } from '../retry/discard.js';
import { EnterLane } from '../queue/enter-lane.js';
import type { JobAttempt, JobPool, JobRunner, PausableNames } from '../queue/job-runner.js';
import { JobRunnerRegistry } from '../queue/job-runner.registry.js';
import type { LeasedJob } from '../queue/job.js';
import { Unreadable } from '../queue/unreadable.js';
import { QUEUE_OPTIONS, type ResolvedQueueOptions } from '../queue/queue.options.js';
import { AttemptCaller } from './attempt.caller.js';
import type { HandlerContext } from './handler-context.js';
import { HANDLER_JOB, type HandlerPayload } from './dispatcher.js';
import type { Handler } from './handler.js';
import { laneOf, sortingLane } from './handler-lane.js';
import { HandlerRegistry } from './handler.registry.js';
import { throughSchema } from './through-schema.js';

/** How the names of the handlers begin that judge rules. */
const RULE = 'rule:';

/**
 * Runs one handler for one event.
 *
 * @internal
 */
@Injectable()
export class HandlerRunner implements JobRunner<HandlerPayload>, OnModuleInit {
  readonly kind: string = HANDLER_JOB;

  constructor(
    private readonly runners: JobRunnerRegistry,
    private readonly handlers: HandlerRegistry,
    private readonly caller: AttemptCaller,
    private readonly events: EventReader,
    @Inject(QUEUE_OPTIONS.token) private readonly options: ResolvedQueueOptions,
  ) {}

  onModuleInit(): void {
    this.runners.register(this);
  }

  canRunAny(): boolean {
    return !this.handlers.isEmpty;
  }

  async load(refs: readonly string[]): Promise<ReadonlyMap<string, HandlerPayload | Unreadable>> {
    const events = await this.events.load(refs);
    return new Map(
      [...events].map(([key, { event, problem }]) => [
        key,
        event === undefined ? new Unreadable(problem) : { event, problem, validated: false },
      ]),
    );
  }

  pool(name: string): JobPool {
    const concurrency = this.handlers.find(name)?.concurrency;
    if (concurrency !== undefined) return { name: `handler:${name}`, concurrency };
    return { name: name.startsWith(RULE) ? 'rules' : 'handlers' };
  }

  pausable({ name }: LeasedJob, payload: HandlerPayload | undefined): PausableNames {
    const source = payload?.event.source;
    const names = name.startsWith(RULE) ? { rule: name.slice(RULE.length) } : { handler: name };
    return source === undefined ? names : { ...names, source };
  }

  timeoutMs(name: string): number {
    return this.handlers.find(name)?.timeoutMs ?? this.options.timeoutMs;
  }

  label(job: LeasedJob, { event }: HandlerPayload): string {
    return `Handler ${job.name} for event '${event.id}' (${event.type}) from '${event.source}'`;
  }

  interrupted({ name }: LeasedJob, reason: Error): Error {
    return this.caller.interrupted(this.handlers.find(name)?.transactional === true, reason);
  }

  async run(attempt: JobAttempt<HandlerPayload>): Promise<unknown> {
    const { job, payload } = attempt;
    const handler = this.handlers.find(job.name);
    if (handler === undefined) return this.caller.leftToOthers(job, `handler named ${job.name}`);
    // Nearly all came from memory, where they were validated: no promise for those.
    const event = payload.validated
      ? payload.event
      : await throughSchema(`handler ${handler.name}`, handler.schema, payload);
    if (event instanceof Discard) return event;
    if (handler.lane !== undefined) {
      const move = laneToEnter(job, handler, event);
      if (move !== undefined) return move;
    }
    return this.caller.call(attempt, handler.transactional, (context) =>
      this.call(handler, event, context),
    );
  }

  /** Calls the handler in the way that the kind of job asks for. */
  protected call(handler: Handler, event: WebhookEvent, context: HandlerContext): Promise<unknown> {
    return handler.handle(event, context);
  }
}

/**
 * The move of a job that is not in its lane yet: the process that planned it did not have the handler, or the
 * handler's function threw. What it throws fails the attempt, outside of all lanes: no event waits for one
 * whose lane nobody knows.
 */
function laneToEnter(
  { lane }: Pick<LeasedJob, 'lane'>,
  handler: Handler,
  event: WebhookEvent,
): EnterLane | undefined {
  if (lane === null) {
    const own = laneOf(handler, event);
    return own === undefined ? undefined : new EnterLane(own);
  }
  if (lane !== sortingLane(handler).name) return undefined;
  try {
    return new EnterLane(laneOf(handler, event));
  } catch {
    return new EnterLane(undefined);
  }
}
