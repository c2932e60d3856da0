import { Injectable } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { firstKeyOf, MAX_CLOCK_LEAD_MS } from '../database/first-key-of.js';
import { canMatch } from '../database/paging/can-match.js';
import { SqlDatabase } from '../database/sql-database.js';
import type { WebhookEvent } from '../event/webhook-event.js';
import { QueueEngine } from '../queue/queue.engine.js';
import type { NewJob } from '../queue/job.js';
import { EventEntity, type EventStatus } from './event.entity.js';
import { EventReader } from './event.reader.js';
import { EventSubscribers } from './event-subscribers.js';

/** Most events that are replayed in one transaction. */
const BATCH = 50;

const DEFAULT_LIMIT = 1_000;

/**
 * Selects the events to replay.
 *
 * @publicApi
 */
export interface ReplayFilter {
  readonly source?: string;
  readonly tenant?: string;
  readonly type?: string;
  /** What the inbox decided about them when they arrived. @default 'ignored' */
  readonly status?: EventStatus;
  /** Received at this time or later. */
  readonly from?: Date;
  /** Received before this time. */
  readonly to?: Date;
  /** Most events to look at. @default 1_000 */
  readonly limit?: number;
  /** The `next` of the call before. */
  readonly after?: string;
}

/**
 * How events are replayed.
 *
 * @publicApi
 */
export interface ReplayOptions {
  /**
   * Whether they may fire rules. Otherwise rules only learn from them: a rule that is new would fire for each
   * subject of a backlog. What a rule has fired for an event before, it never fires again. @default false
   */
  readonly fire?: boolean;
}

/**
 * The result of a replay.
 *
 * @publicApi
 */
export interface ReplayResult {
  /** How many events handlers or rules get. */
  readonly replayed: number;
  /** How many jobs these events have. */
  readonly jobs: number;
  /**
   * How many events stay as they are: no handler or rule wants them, their data fails a schema, or another
   * call has replayed them.
   */
  readonly left: number;
  /** The `after` of the next call; `undefined` when no event is left. */
  readonly next: string | undefined;
}

/** An event, and the jobs that it gets now. */
interface Wanted {
  readonly key: string;
  readonly status: EventStatus;
  readonly jobs: readonly NewJob[];
}

/**
 * Gives stored events to the handlers and rules that want them now.
 *
 * @internal
 */
@Injectable()
export class EventReplay {
  constructor(
    private readonly database: SqlDatabase,
    private readonly reader: EventReader,
    private readonly subscribers: EventSubscribers,
    private readonly jobs: QueueEngine,
  ) {}

  /**
   * @returns how many jobs the event gets; 0 if the event does not exist
   * @throws {SchemaFailedError} when the schema of its source throws
   */
  async one(key: string, { fire = false }: ReplayOptions): Promise<number> {
    if (!isUuid(key)) return 0;
    const { event, problem } = (await this.reader.load([key])).get(key) ?? {};
    if (problem !== undefined) throw problem;
    if (event === undefined) return 0;
    const jobs = await this.jobsFor(event, fire);
    if (jobs.length === 0) return 0;
    return this.database.managed(async (manager) => {
      const kept = await manager.update(EventEntity, { key }, { status: 'accepted', reason: null });
      // Retention may have deleted it meanwhile.
      if (kept.affected === 0) return 0;
      await this.jobs.addWithin(manager, jobs);
      return jobs.length;
    });
  }

  /**
   * Replays the events in the order of arrival, one transaction for each batch.
   *
   * @throws {RangeError} for an invalid limit, and an `after` that is not a key
   */
  async where(
    { limit = DEFAULT_LIMIT, after, ...filter }: ReplayFilter,
    { fire = false }: ReplayOptions,
  ): Promise<ReplayResult> {
    if (!Number.isSafeInteger(limit) || limit < 1) {
      throw new RangeError(`Expected limit to be a whole number, 1 or more, got ${String(limit)}.`);
    }
    if (after !== undefined && !isUuid(after)) {
      throw new RangeError(
        'Expected after to be the key of an event: the `next` of the call before.',
      );
    }
    const counts = { replayed: 0, jobs: 0, left: 0 };
    if (!canMatch(filter)) return { ...counts, next: undefined };
    let next = after;
    for (let seen = 0; seen < limit;) {
      const wish = Math.min(BATCH, limit - seen);
      const found = await this.find(filter, next, wish);
      seen += found.length;
      const added = await this.replay(found, fire);
      counts.replayed += added.replayed;
      counts.jobs += added.jobs;
      counts.left += found.length - added.replayed;
      next = found.at(-1)?.key;
      if (found.length < wish) return { ...counts, next: undefined };
    }
    return { ...counts, next };
  }

  private find(
    { source, tenant, type, status = 'ignored', from, to }: ReplayFilter,
    after: string | undefined,
    limit: number,
  ): Promise<Pick<EventEntity, 'key' | 'status'>[]> {
    return this.database.onWriter((manager) => {
      const query = manager
        .createQueryBuilder(EventEntity, 'event')
        .select(['event.key', 'event.status'])
        .where('event.status = :status', { status })
        .orderBy('event.key', 'ASC')
        .limit(limit);
      if (source !== undefined) query.andWhere('event.source = :source', { source });
      if (tenant !== undefined) query.andWhere('event.tenant = :tenant', { tenant });
      if (type !== undefined) query.andWhere('event.type = :type', { type });
      if (from !== undefined) {
        query.andWhere('event.receivedAt >= :from', { from: from.getTime() });
        query.andWhere('event.key >= :first', { first: firstKeyOf(from.getTime()) });
      }
      if (to !== undefined) {
        query.andWhere('event.receivedAt < :to', { to: to.getTime() });
        const last = firstKeyOf(to.getTime() + MAX_CLOCK_LEAD_MS);
        query.andWhere('event.key < :last', { last });
      }
      if (after !== undefined) query.andWhere('event.key > :after', { after });
      return query.getMany();
    });
  }

  private async replay(
    events: readonly Pick<EventEntity, 'key' | 'status'>[],
    fire: boolean,
  ): Promise<{ readonly replayed: number; readonly jobs: number }> {
    const wanted: Wanted[] = [];
    for (const { key, status } of events) {
      // One at a time: bodies may be large.
      const { event, problem } = (await this.reader.load([key])).get(key) ?? {};
      if (event === undefined || problem !== undefined) continue;
      const jobs = await this.jobsFor(event, fire);
      if (jobs.length > 0) wanted.push({ key, status, jobs });
    }
    if (wanted.length === 0) return { replayed: 0, jobs: 0 };
    return this.database.managed(async (manager) => {
      const jobs: NewJob[] = [];
      let replayed = 0;
      for (const { key, status, jobs: own } of wanted) {
        // If two calls replay an ignored event at the same time, one of them gets it.
        const change = { status: 'accepted' as const, reason: null };
        const { affected } = await manager.update(EventEntity, { key, status }, change);
        if (affected === 0) continue;
        replayed++;
        jobs.push(...own);
      }
      if (jobs.length > 0) await this.jobs.addWithin(manager, jobs);
      return { replayed, jobs: jobs.length };
    });
  }

  private async jobsFor(event: WebhookEvent, fire: boolean): Promise<NewJob[]> {
    const plan = await this.subscribers.plan(event, !fire);
    return plan.ok ? plan.jobs.map(({ job }) => job) : [];
  }
}
