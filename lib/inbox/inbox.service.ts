import { Injectable } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { canMatch } from '../database/paging/can-match.js';
import { emptyPage } from '../database/paging/empty-page.js';
import { readPage } from '../database/paging/keyset.list.js';
import type { Page, PageOptions } from '../database/paging/page.js';
import { readOne } from '../database/paging/read-one.js';
import { SqlDatabase } from '../database/sql-database.js';
import type { WebhookEvent } from '../event/webhook-event.js';
import { QueueService } from '../queue/queue.service.js';
import { eventList, type EventFilter } from './event.list.js';
import { EventReader } from './event.reader.js';
import {
  EventReplay,
  type ReplayFilter,
  type ReplayOptions,
  type ReplayResult,
} from './event.replay.js';
import type { EventView } from './event.view.js';

/**
 * Reads the stored events, and runs their handlers again.
 *
 * @example
 * ```ts
 * const { items } = await inbox.list({ source: 'stripe', id: 'evt_123' });
 * for (const { key } of items) await inbox.retry(key);
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

  /**
   * Lists stored events, newest first, without their data.
   *
   * @param filter which events. @default all
   * @param page which page of them. @default the first 100
   * @throws {RangeError} for a wrong limit, and for an `after` that does not belong to this list
   */
  async list(filter: EventFilter = {}, page: PageOptions = {}): Promise<Page<EventView>> {
    if (!canMatch(filter)) return emptyPage(page);
    return this.database.read((manager) => readPage(manager, eventList(filter), page));
  }

  /** The event with this key, without its data, or `undefined`. */
  async get(key: string): Promise<EventView | undefined> {
    if (!isUuid(key)) return undefined;
    return this.database.read((manager) => readOne(manager, eventList({}), { key }));
  }

  /**
   * The event with this key as handlers get it, with its data and bytes, or `undefined`.
   *
   * @throws {SchemaFailedError} when the schema of its source throws
   * @throws {SealedError} when its body is sealed with a key that this application does not have
   */
  async read(key: string): Promise<WebhookEvent | undefined> {
    if (!isUuid(key)) return undefined;
    const { event, problem } = (await this.reader.load([key])).get(key) ?? {};
    if (problem !== undefined) throw problem;
    return event;
  }

  /**
   * Runs the discarded jobs of an event again; completed jobs do not run again.
   *
   * @param key the event's key
   * @returns how many jobs those are
   */
  retry(key: string): Promise<number> {
    return this.queue.retryDiscarded(key);
  }

  /**
   * Gives an event to all handlers and rules that want it now, also to those that have handled it before: for
   * a handler that was added later, or that had an error. Rules learn from it, and fire only if asked.
   *
   * @param key the event's key
   * @param options whether it may fire rules
   * @returns how many handlers and rules get it; 0 if the event does not exist
   */
  replay(key: string, options?: ReplayOptions): Promise<number>;
  /**
   * Gives all matching events to the handlers and rules that want them now, in the order of arrival: such as
   * events that were ignored before their handler was added. A replayed event has the status `accepted`
   * afterwards. With another status than the default, a second call replays the same events again. Rules learn
   * from them, and fire only if asked.
   *
   * @param filter which events; by default those with the status `ignored`
   * @param options whether they may fire rules
   * @throws {RangeError} for a `limit` that is not a whole number of 1 or more
   * @example
   * ```ts
   * let after: string | undefined;
   * do {
   *   ({ next: after } = await inbox.replay({ source: 'stripe', from: yesterday, after }));
   * } while (after !== undefined);
   * ```
   */
  replay(filter: ReplayFilter, options?: ReplayOptions): Promise<ReplayResult>;
  replay(
    which: string | ReplayFilter,
    options: ReplayOptions = {},
  ): Promise<number | ReplayResult> {
    return typeof which === 'string'
      ? this.replays.one(which, options)
      : this.replays.where(which, options);
  }
}
