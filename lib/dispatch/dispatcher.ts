import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import type { WebhookEvent } from '../event/webhook-event.js';
import type { EventPlan, EventSubscriber, PlannedJob } from '../inbox/event.subscriber.js';
import { EventSubscribers } from '../inbox/event-subscribers.js';
import { applySchema } from '../event/payload-schema.js';
import { HandlerExplorer } from './handler.explorer.js';
import { HandlerRegistry } from './handler.registry.js';

/** Kind of the jobs that run one handler for one event. */
export const HANDLER_JOB = 'handler';

/** What a handler's job is about. */
export interface HandlerPayload {
  readonly event: WebhookEvent;
  /** Whether `event.data` went through the handler's schema already. */
  readonly validated: boolean;
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

  async plan(event: WebhookEvent): Promise<EventPlan> {
    this.registry.refresh();
    const jobs: PlannedJob[] = [];
    for (const { name, schema, maxAttempts } of this.registry.wanting(event.source, event.type)) {
      let data = event.data;
      if (schema !== undefined) {
        const verdict = await applySchema(schema, data);
        if (!verdict.ok) return verdict;
        data = verdict.data;
      }
      const payload: HandlerPayload = { event: { ...event, data }, validated: true };
      jobs.push({
        job: {
          kind: HANDLER_JOB,
          name,
          ref: event.key,
          ...(maxAttempts === undefined ? {} : { maxAttempts }),
        },
        payload,
      });
    }
    return { ok: true, jobs };
  }
}
