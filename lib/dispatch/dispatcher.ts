import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import type { WebhookEvent } from '../event/webhook-event.js';
import type { EventPlan, EventSubscriber } from '../inbox/event.subscriber.js';
import { EventSubscribers } from '../inbox/event-subscribers.js';
import { applySchema } from '../event/payload-schema.js';
import type { JobLane, NewJob, PlannedJob } from '../queue/job.js';
import type { Handler } from './handler.js';
import { HandlerDirectory } from './handler.directory.js';
import { HandlerExplorer } from './handler.explorer.js';
import { ownerOf } from './owner-of.js';
import { laneOf, sortingLane } from './handler-lane.js';
import { HandlerRegistry } from './handler.registry.js';
import type { KnownHandler } from './handler.store.js';

/** Kind of the jobs that run one handler for one event. */
export const HANDLER_JOB = 'handler';

/** Kind of the jobs that run one handler for one event that is replayed and may fire no rule. */
export const REPLAY_JOB = 'replay';

/** The event of a handler's job. */
export interface HandlerPayload {
  readonly event: WebhookEvent;
  /** Whether `event.data` went through the handler's schema already. */
  readonly validated: boolean;
  /** Why the event's data could not be read as its source says. */
  readonly problem?: Error | undefined;
}

/**
 * Tells the inbox which handlers want an event: one job for each.
 *
 * @internal
 */
@Injectable()
export class Dispatcher implements EventSubscriber, OnModuleInit {
  constructor(
    private readonly subscribers: EventSubscribers,
    private readonly explorer: HandlerExplorer,
    private readonly registry: HandlerRegistry,
    private readonly directory: HandlerDirectory,
  ) {}

  onModuleInit(): void {
    this.registry.addFinder(this.explorer);
    this.subscribers.register(this);
  }

  plan(event: WebhookEvent, isQuiet = false): EventPlan | Promise<EventPlan> {
    this.registry.refresh();
    const wanting = this.registry.wanting(event.source, event.type);
    const others = this.directory.wanting(event.source, event.type);
    if (wanting.some(({ schema }) => schema !== undefined)) {
      return planValidated(event, wanting, others, isQuiet);
    }
    const jobs = wanting.map((handler) => planFor(handler, event, isQuiet));
    if (others.length > 0)
      jobs.push(...others.map((handler) => planElsewhere(handler, event, isQuiet)));
    return { ok: true, jobs };
  }
}

async function planValidated(
  event: WebhookEvent,
  handlers: readonly Handler[],
  others: readonly KnownHandler[],
  isQuiet: boolean,
): Promise<EventPlan> {
  const jobs = others.map((handler) => planElsewhere(handler, event, isQuiet));
  for (const handler of handlers) {
    if (handler.schema === undefined) {
      jobs.push(planFor(handler, event, isQuiet));
      continue;
    }
    const verdict = await applySchema(handler.schema, event.data, `handler ${handler.name}`);
    if (!verdict.ok) return verdict;
    jobs.push(planFor(handler, { ...event, data: verdict.data }, isQuiet));
  }
  return { ok: true, jobs };
}

function planFor(handler: Handler, event: WebhookEvent, isQuiet: boolean): PlannedJob {
  const payload: HandlerPayload = { event, validated: true };
  const kind = isQuiet && handler.learn !== undefined ? REPLAY_JOB : HANDLER_JOB;
  const job = jobOf(kind, handler, event);
  if (handler.lane === undefined) return { job, payload };
  return { job: { ...job, lane: plannedLane(handler, event) }, payload };
}

/**
 * An error of the host's function must not refuse the event, nor keep others waiting: it fails the attempts of
 * the job, which enters its lane once the function gives one.
 */
function plannedLane(handler: Handler, event: WebhookEvent): JobLane | undefined {
  try {
    return laneOf(handler, event);
  } catch {
    return undefined;
  }
}

/**
 * The process that runs it reads the event, and puts its data through the handler's schema. It also knows
 * whether the handler is a rule.
 */
function planElsewhere(handler: KnownHandler, event: WebhookEvent, isQuiet: boolean): PlannedJob {
  const kind = isQuiet ? REPLAY_JOB : HANDLER_JOB;
  const lane = handler.hasLanes ? sortingLane(handler) : undefined;
  return { job: { ...jobOf(kind, handler, event), elsewhere: true, lane }, payload: undefined };
}

function jobOf(
  kind: string,
  { name, maxAttempts }: Pick<KnownHandler, 'name' | 'maxAttempts'>,
  { key, rawBody, source, tenant }: WebhookEvent,
): NewJob {
  const job = { kind, name, ref: key, bytes: rawBody.length, owner: ownerOf(source, tenant) };
  return maxAttempts === undefined ? job : { ...job, maxAttempts };
}
