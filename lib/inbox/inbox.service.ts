import { Injectable } from '@nestjs/common';
import type { FindOptionsWhere } from 'typeorm';
import { validate as isUuid } from 'uuid';
import { SqlDatabase } from '../database/sql-database.js';
import type { WebhookEvent } from '../event/webhook-event.js';
import { QueueService } from '../queue/queue.service.js';
import { EventEntity, type EventStatus } from './event.entity.js';
import { EventReader } from './event.reader.js';
import { EventReplay, type ReplayFilter, type ReplayResult } from './event.replay.js';

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
    private readonly replays: EventReplay,
    private readonly queue: QueueService,
  ) {}

  /** Finds stored events, newest first. */
  find({ limit = 100, ...filter }: EventFilter = {}): Promise<EventEntity[]> {
    const where: FindOptionsWhere<EventEntity> = filter;
    return this.database.read((manager) =>
      manager.find(EventEntity, { where, order: { key: 'DESC' }, take: limit }),
    );
  }

  /**
   * The event with this key as handlers get it, or `undefined`.
   *
   * @throws {SchemaFailedError} when the schema of its source throws
   */
  async get(key: string): Promise<WebhookEvent | undefined> {
    if (!isUuid(key)) return undefined;
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
  replay(key: string): Promise<number>;
  /**
   * Gives all events that fit to the handlers that want them now, in the order in which they came: such as
   * those that were ignored before their handler was added. What was replayed is `accepted` afterwards;
   * with another status than the default, a second call has everything handled again.
   *
   * @param filter which events; those that were ignored, unless it says otherwise
   * @throws {RangeError} for a `limit` that is not a whole number of 1 or more
   * @example
   * ```ts
   * let after: string | undefined;
   * do {
   *   ({ next: after } = await inbox.replay({ source: 'stripe', from: yesterday, after }));
   * } while (after !== undefined);
   * ```
   */
  replay(filter: ReplayFilter): Promise<ReplayResult>;
  replay(which: string | ReplayFilter): Promise<number | ReplayResult> {
    return typeof which === 'string' ? this.replays.one(which) : this.replays.where(which);
  }
}
