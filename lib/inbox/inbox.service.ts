import { Injectable } from '@nestjs/common';
import type { FindOptionsWhere } from 'typeorm';
import { SqlDatabase } from '../database/sql-database.js';
import type { WebhookEvent } from '../event/webhook-event.js';
import { JobQueue } from '../queue/job.queue.js';
import { QueueService } from '../queue/queue.service.js';
import { EventEntity, type EventStatus } from './event.entity.js';
import { EventReader } from './event.reader.js';
import { EventSubscribers } from './event-subscribers.js';

/**
 * Which events to find.
 *
 * @publicApi
 */
export interface EventFilter {
  readonly source?: string;
  readonly tenant?: string;
  /** The sender's id. */
  readonly id?: string;
  readonly type?: string;
  readonly status?: EventStatus;
  /** Most events to return. @default 100 */
  readonly limit?: number;
}

/**
 * Looks into the inbox, and has events handled again.
 *
 * @example
 * ```ts
 * const [event] = await inbox.find({ source: 'stripe', id: 'evt_123' });
 * if (event) await inbox.retry(event.key);
 * ```
 * @publicApi
 */
@Injectable()
export class InboxService {
  constructor(
    private readonly database: SqlDatabase,
    private readonly reader: EventReader,
    private readonly subscribers: EventSubscribers,
    private readonly jobs: JobQueue,
    private readonly queue: QueueService,
  ) {}

  /** Finds stored events, newest first. */
  find({ limit = 100, ...filter }: EventFilter = {}): Promise<EventEntity[]> {
    const where: FindOptionsWhere<EventEntity> = filter;
    return this.events().find({ where, order: { key: 'DESC' }, take: limit });
  }

  /**
   * The event with this key as handlers get it, or `undefined`.
   *
   * @throws {SchemaFailedError} when the schema of its source throws
   */
  async get(key: string): Promise<WebhookEvent | undefined> {
    const { event, problem } = (await this.reader.load([key])).get(key) ?? {};
    if (problem !== undefined) throw problem;
    return event;
  }

  /**
   * Runs the discarded jobs of an event again; jobs that have completed are left alone.
   *
   * @param key the event's key
   * @returns how many there were
   */
  retry(key: string): Promise<number> {
    return this.queue.retryDiscarded(key);
  }

  /**
   * Gives an event to all handlers that want it now, also to those that have handled it before: for
   * a handler that was added later, or one that was wrong.
   *
   * @param key the event's key
   * @returns how many handlers and rules get it; 0 where there is no such event
   */
  async replay(key: string): Promise<number> {
    const event = await this.get(key);
    if (event === undefined) return 0;
    const plan = await this.subscribers.plan(event);
    const jobs = plan.ok ? plan.jobs.map(({ job }) => job) : [];
    if (jobs.length === 0) return 0;
    return this.database.managed(async (manager) => {
      const kept = await manager.update(EventEntity, { key }, { status: 'accepted', reason: null });
      // It may have become too old meanwhile, and been deleted.
      if (kept.affected === 0) return 0;
      await this.jobs.addWithin(manager, jobs);
      return jobs.length;
    });
  }

  private events() {
    return this.database.manager.getRepository(EventEntity);
  }
}
