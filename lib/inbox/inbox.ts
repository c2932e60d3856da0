import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { KeySequence } from '../database/key-sequence.js';
import { SqlDatabase } from '../database/sql-database.js';
import type { Steps } from '../database/statement.js';
import { describeError } from '../errors/describe-error.js';
import { SafeLogger } from '../logging/safe.logger.js';
import { valueAt } from '../event/value-at.js';
import type { WebhookEvent } from '../event/webhook-event.js';
import { GroupCommit } from '../queue/engines/sql/group-commit.js';
import { QueueEngine, type StagedJobs } from '../queue/queue.engine.js';
import { AcceptTimeoutError } from './accept-timeout.error.js';
import { EventDialect } from './dialects/event.dialect.js';
import type { EventEntity, EventStatus } from './event.entity.js';
import { EventSeal } from './event.seal.js';
import { EventSubscribers } from './event-subscribers.js';
import type { EventPlan } from './event.subscriber.js';
import { INBOX_OPTIONS, type ResolvedInboxOptions } from './inbox.options.js';
import type { AcceptAllResult, AcceptResult, IncomingEvent } from './incoming-event.js';
import type { PayloadIssue, PayloadSchema } from '../event/payload-schema.js';
import { applySchema } from '../event/payload-schema.js';
import { SourceSchemas } from './source-schemas.js';

/** What is committed for one event. */
interface Entry {
  readonly row: EventEntity;
  readonly jobs: StagedJobs;
}

/** An event on its way, and what its subscribers want for it. */
interface Planned {
  readonly incoming: IncomingEvent;
  readonly event: WebhookEvent;
  readonly plan: EventPlan;
}

/**
 * Most bytes of bodies that are committed together. A few hundred of the largest would be more than a
 * statement takes, and the whole group would fail, time and again as its senders repeat it.
 */
const MAX_GROUP_BYTES = 16 * 1024 * 1024;

/** Large bodies must not fill the memory before there are too many of them. */
const MAX_WAITING_BYTES = 128 * 1024 * 1024;

/** How many (source, type) pairs nobody wants are remembered, so that each is warned of once. */
const MAX_WARNED = 1_000;

/**
 * The way in for every event, whoever brings it: finds out which jobs it needs, and commits event and
 * jobs in one transaction, shared with whatever else comes at the same time.
 *
 * @internal
 */
@Injectable()
export class Inbox {
  private readonly logger = new SafeLogger(Inbox.name);
  private readonly keys = new KeySequence();
  /** Entries that are committed all or not at all; each caller is told which events of a group were new. */
  private readonly group: GroupCommit<readonly Entry[], ReadonlySet<string>>;
  private readonly warned = new Set<string>();

  constructor(
    private readonly database: SqlDatabase,
    private readonly dialect: EventDialect,
    private readonly queue: QueueEngine,
    private readonly subscribers: EventSubscribers,
    private readonly schemas: SourceSchemas,
    private readonly seal: EventSeal,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
    @Inject(INBOX_OPTIONS.token) options: ResolvedInboxOptions,
  ) {
    this.group = new GroupCommit({
      commit: (requests, timely) => this.commit(requests, timely),
      sizeOf: (entries) => entries.length,
      isItemError: (error) => database.isValueError(error),
      maxGroup: options.maxGroup,
      bytesOf: (entries) => entries.reduce((bytes, { row }) => bytes + row.body.length, 0),
      maxGroupBytes: MAX_GROUP_BYTES,
      lanes: database.lanes,
      maxWaiting: options.maxWaiting,
      maxWaitingBytes: MAX_WAITING_BYTES,
      timeLimit: {
        ms: options.acceptTimeoutMs,
        error: () => new AcceptTimeoutError(options.acceptTimeoutMs),
      },
      settled: (entries, inserted) => this.abandonAllBut(entries, inserted),
    });
  }

  /**
   * Accepts an event. When this resolves to `accepted`, `duplicate` or `ignored`, it is committed.
   *
   * @param incoming the event
   * @param onInvalid whether an event whose data fails a schema is stored as rejected or not at all
   * @throws whatever the database throws: nothing is stored then, unless the connection broke while the
   * answer to the commit was on its way; the event is then found to be a duplicate when it comes again
   * @throws {SchemaFailedError} when a schema throws: nothing is stored then
   * @throws {OverloadedError} when too many events wait for their commit
   * @throws {AcceptTimeoutError} when the commit takes too long; it may still come where the transaction has
   * begun
   */
  async accept(
    incoming: IncomingEvent,
    onInvalid: 'refuse' | 'store' = 'refuse',
  ): Promise<AcceptResult> {
    const now = this.clock.now();
    const event = this.toEvent(incoming, now);
    const planning = this.plan(event);
    const plan = planning instanceof Promise ? await planning : planning;
    if (!plan.ok && onInvalid === 'refuse') {
      return { outcome: 'rejected', key: event.key, issues: plan.issues, stored: false };
    }
    const planned: Planned = { incoming, event, plan };
    return this.resultOf(planned, await this.group.add([this.toEntry(planned)]));
  }

  /**
   * Accepts the events of one request: all in one transaction, or none. When this resolves to `ok`,
   * they are committed.
   *
   * @param incoming the events
   * @param onInvalid whether an event whose data fails a schema is stored as rejected, with the others
   * as they are; or none at all is stored
   * @throws whatever the database throws, and what else {@link accept} does
   */
  async acceptAll(
    incoming: readonly IncomingEvent[],
    onInvalid: 'refuse' | 'store' = 'refuse',
  ): Promise<AcceptAllResult> {
    const now = this.clock.now();
    const planned: Planned[] = [];
    for (const one of incoming) {
      const event = this.toEvent(one, now);
      planned.push({ incoming: one, event, plan: await this.plan(event) });
    }
    if (onInvalid === 'refuse') {
      const refused = planned.flatMap(({ plan }, index) =>
        plan.ok ? [] : [{ index, issues: plan.issues }],
      );
      if (refused.length > 0) return { ok: false, refused };
    }
    if (planned.length === 0) return { ok: true, results: [] };
    const inserted = await this.group.add(planned.map((one) => this.toEntry(one)));
    return { ok: true, results: planned.map((one) => this.resultOf(one, inserted)) };
  }

  /** Resolves when no event waits for its commit. */
  idle(): Promise<void> {
    return this.group.idle();
  }

  private plan(event: WebhookEvent): EventPlan | Promise<EventPlan> {
    const schema = this.schemas.find(event.source);
    return schema === undefined ? this.subscribers.plan(event) : this.planValidated(event, schema);
  }

  private async planValidated(event: WebhookEvent, schema: PayloadSchema): Promise<EventPlan> {
    const verdict = await applySchema(schema, event.data, `source '${event.source}'`);
    return verdict.ok ? this.subscribers.plan({ ...event, data: verdict.data }) : verdict;
  }

  private toEntry({ incoming, event, plan }: Planned): Entry {
    if (!plan.ok) {
      const reason = describe(plan.issues);
      return { row: this.toRow(incoming, event, 'rejected', reason), jobs: this.queue.stage([]) };
    }
    const status: EventStatus = plan.jobs.length > 0 ? 'accepted' : 'ignored';
    return { row: this.toRow(incoming, event, status, null), jobs: this.queue.stage(plan.jobs) };
  }

  private resultOf({ event, plan }: Planned, inserted: ReadonlySet<string>): AcceptResult {
    const { key } = event;
    if (!inserted.has(key)) return { outcome: 'duplicate', key };
    if (!plan.ok) {
      return { outcome: 'rejected', key: event.key, issues: plan.issues, stored: true };
    }
    if (plan.jobs.length > 0) return { outcome: 'accepted', key };
    this.warnOnce(event);
    return { outcome: 'ignored', key };
  }

  private abandonAllBut(entries: readonly Entry[], inserted?: ReadonlySet<string>): void {
    for (const { row, jobs } of entries) {
      if (inserted?.has(row.key) !== true) jobs.abandoned();
    }
  }

  private async commit(
    requests: readonly (readonly Entry[])[],
    timely: () => readonly (readonly Entry[])[],
  ): Promise<ReadonlySet<string>[]> {
    let ordered: readonly Entry[] = [];
    const inserted = await this.database.transaction(() => {
      // Where it had to wait for a lock, some may have been answered 503 meanwhile.
      // Two processes that insert the same ids in different order would wait for each other.
      ordered = timely().flat().toSorted(byIdentity);
      return this.insert(ordered);
    });
    for (const { row, jobs } of ordered) if (inserted.has(row.key)) jobs.committed();
    return requests.map(() => inserted);
  }

  private *insert(entries: readonly Entry[]): Steps<ReadonlySet<string>> {
    const rows = entries.map(({ row }) => row);
    const jobs = entries.flatMap((entry) => entry.jobs.rows);
    return rows.length === 0 ? new Set<string>() : yield* this.dialect.insertWithJobs(rows, jobs);
  }

  private toEvent(incoming: IncomingEvent, now: number): WebhookEvent {
    return {
      key: this.keys.next(now),
      id: incoming.id,
      source: incoming.source,
      tenant: incoming.tenant,
      type: incoming.type,
      data: valueAt(incoming.payload, incoming.dataPath),
      occurredAt: new Date(Math.min(incoming.occurredAt?.getTime() ?? now, now)),
      receivedAt: new Date(now),
      headers: incoming.headers,
      rawBody: incoming.rawBody,
    };
  }

  private toRow(
    incoming: IncomingEvent,
    event: WebhookEvent,
    status: EventStatus,
    reason: string | null,
  ): EventEntity {
    const { headers, body, bodyEncoding } = this.seal.close(event.source, event.key, {
      headers: JSON.stringify(event.headers),
      rawBody: event.rawBody,
    });
    return {
      key: event.key,
      source: event.source,
      tenant: event.tenant,
      id: event.id,
      type: event.type,
      status,
      reason,
      occurredAt: event.occurredAt.getTime(),
      receivedAt: event.receivedAt.getTime(),
      headers,
      body,
      bodyEncoding,
      format: incoming.format,
      contentType: incoming.contentType ?? null,
      dataPath: incoming.dataPath,
    };
  }

  private warnOnce({ source, type }: WebhookEvent): void {
    const pair = JSON.stringify([source, type]);
    if (this.warned.has(pair) || this.warned.size >= MAX_WARNED) return;
    this.warned.add(pair);
    this.logger.warn(
      `No handler wants events of type '${type}' from '${source}': they are stored and ignored. ` +
        'Add an @OnWebhook handler, or have the sender leave them out.',
    );
  }
}

function describe(issues: readonly PayloadIssue[]): string {
  return describeError(issues.map(({ path, message }) => `${path}: ${message}`).join('; '));
}

function byIdentity(a: Entry, b: Entry): number {
  return (
    compare(a.row.source, b.row.source) ||
    compare(a.row.tenant, b.row.tenant) ||
    compare(a.row.id, b.row.id)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
