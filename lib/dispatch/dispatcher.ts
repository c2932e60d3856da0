import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import type { WebhookEvent } from '../event/webhook-event.js';
import type { EventPlan, EventSubscriber, PlannedJob } from '../inbox/event.subscriber.js';
import { EventSubscribers } from '../inbox/event-subscribers.js';
import { applySchema } from '../event/payload-schema.js';
import type { Handler } from './handler.js';
import { HandlerExplorer } from './handler.explorer.js';
import { HandlerRegistry } from './handler.registry.js';

/** Kind of the jobs that run one handler for one event. */
export const HANDLER_JOB = 'handler';

/** What a handler's job is about. */
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
  ) {}

  onModuleInit(): void {
    this.registry.addFinder(this.explorer);
    this.subscribers.register(this);
  }

  plan(event: WebhookEvent): EventPlan | Promise<EventPlan> {
    this.registry.refresh();
    const wanting = this.registry.wanting(event.source, event.type);
    return wanting.some(({ schema }) => schema !== undefined)
      ? planValidated(event, wanting)
      : { ok: true, jobs: wanting.map((handler) => planFor(handler, event)) };
  }
}

async function planValidated(
  event: WebhookEvent,
  handlers: readonly Handler[],
): Promise<EventPlan> {
  const jobs: PlannedJob[] = [];
  for (const handler of handlers) {
    if (handler.schema === undefined) {
      jobs.push(planFor(handler, event));
      continue;
    }
    const verdict = await applySchema(handler.schema, event.data, `handler ${handler.name}`);
    if (!verdict.ok) return verdict;
    jobs.push(planFor(handler, { ...event, data: verdict.data }));
  }
  return { ok: true, jobs };
}

function planFor({ name, maxAttempts }: Handler, event: WebhookEvent): PlannedJob {
  const payload: HandlerPayload = { event, validated: true };
  return {
    job: {
      kind: HANDLER_JOB,
      name,
      ref: event.key,
      ...(maxAttempts === undefined ? {} : { maxAttempts }),
    },
    payload,
  };
}
