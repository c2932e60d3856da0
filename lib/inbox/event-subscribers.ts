import { Injectable } from '@nestjs/common';
import type { WebhookEvent } from '../event/webhook-event.js';
import type { EventPlan, EventSubscriber } from './event.subscriber.js';
import type { PlannedJob } from '../queue/job.js';

/**
 * The features that act on events. They register when the application starts.
 *
 * @internal
 */
@Injectable()
export class EventSubscribers implements EventSubscriber {
  private readonly subscribers: EventSubscriber[] = [];

  register(subscriber: EventSubscriber): void {
    this.subscribers.push(subscriber);
  }

  /** Synchronous if the only subscriber is: most events need no schema. */
  plan(event: WebhookEvent, isQuiet = false): EventPlan | Promise<EventPlan> {
    const [only, ...others] = this.subscribers;
    return only !== undefined && others.length === 0
      ? only.plan(event, isQuiet)
      : this.planAll(event, isQuiet);
  }

  private async planAll(event: WebhookEvent, isQuiet: boolean): Promise<EventPlan> {
    const jobs: PlannedJob[] = [];
    for (const subscriber of this.subscribers) {
      const plan = await subscriber.plan(event, isQuiet);
      if (!plan.ok) return plan;
      jobs.push(...plan.jobs);
    }
    return { ok: true, jobs };
  }
}
